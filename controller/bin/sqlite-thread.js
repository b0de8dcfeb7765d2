// Where the sources and the build both find the program of the thread that has the database.
import '../dist/store/sqlite-program.js';
