/** A bank that does not answer is not waited for beyond the purpose of the question. */
import { openStoryStage, type StoryStage } from '../../support/story-stage';

let stage: StoryStage;
beforeAll(async () => {
  stage = await openStoryStage({ name: 'patience', workflowsPath: require.resolve('./stories'), mode: 'real' });
});
afterAll(() => stage.close());

test('nobody listens at the bank: the process goes on once the instant has passed, and not before', async () => {
  const at = new Date(Date.now() + 3_000).toISOString();
  await stage.start('patientUntil', 'patient:1', { at });
  expect(await stage.client.workflow.getHandle('patient:1').result()).toBe('no answer');
  expect(new Date().toISOString() >= at).toBe(true);
});
