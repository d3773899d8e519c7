import { faultSuite } from './fault-suite.ts';
import { inProcess } from './in-process.ts';

faultSuite(inProcess);
