import { credentialCases } from './cases/credential.mts';
import { exampleCases } from './cases/examples.mts';
import { listCases } from './cases/lists.mts';
import { packageCases } from './cases/package.mts';
import { runCases } from './cases/runs.mts';
import { useStack } from './stack.mts';

// One file, so that n8n is started once.
const stack = useStack();
beforeEach(async () => await stack.renewEmulator());

describe('the package', () => packageCases(stack));
describe('the credential', () => credentialCases(stack));
describe('the lists and forms', () => listCases(stack));
describe('the examples', () => exampleCases(stack));
describe('workflow runs', () => runCases(stack));
