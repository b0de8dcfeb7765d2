import { setPriority } from 'node:os';

// Before each file of tests that can wait: they, and whatever they start, give way to those beside them that act in real time.
// By a third of the weight, not a tenth: strangers' work on a shared machine counts as ordinary too.
setPriority(5);
