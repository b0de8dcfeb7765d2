import { setPriority } from 'node:os';

// Before each file of tests that can wait: they, and whatever they start, give way to those beside them that act in real time.
setPriority(10);
