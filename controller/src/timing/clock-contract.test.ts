import { clockContract } from '@pitwall/runtime/testing';
import { Time } from '../../testing/desk-world.js';

const time = new Time();
clockContract('the one that tests set', { make: () => time.clock });
