import { setPriority } from 'node:os';

// Tests that compute and can wait import this: they, and whatever they start, give way to those beside them that act in real time.
setPriority(10);
