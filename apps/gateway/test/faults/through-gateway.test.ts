import { faultSuite } from './fault-suite.ts';
import { throughGateway } from './through-gateway.ts';
import { byChat } from './ways.ts';

faultSuite(throughGateway(byChat));
