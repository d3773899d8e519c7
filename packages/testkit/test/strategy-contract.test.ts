import { strategyContract } from '../src/index.ts';
import { definitionOf } from './reference-strategy.ts';

strategyContract({ create: definitionOf });
