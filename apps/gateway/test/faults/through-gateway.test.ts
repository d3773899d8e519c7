import { faultSuite } from './fault-suite.ts';
import { throughGateway } from './through-gateway.ts';

faultSuite(throughGateway);
