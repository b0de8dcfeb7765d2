#!/usr/bin/env node
// A shim that exists before the build does: npm links a command only if its file is there at install time.
import '../dist/main.js';
