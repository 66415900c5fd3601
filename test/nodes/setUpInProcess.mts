export { setUp as setUpInProcess, type InProcessOptions, type InProcessSetUp } from './setup.mts';
