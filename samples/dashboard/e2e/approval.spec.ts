import type { BrowserContext, Page } from '@playwright/test';
import { expect, expectAccessible, open, rows, signIn, test } from './test';

test.use({ hostOptions: ['--Users:PlanNeedsApproval=true'] });

const PEOPLE = ['A', 'B', 'C'].map((letter, i) => ({
  user_id: `auth0|countersign${i}`,
  name: `Countersign ${letter}`,
  email: `countersign${i}@example.com`,
}));

/** Plans as Ada. Returns the link for the second administrator. */
async function plan(page: Page, action: 'Block' | 'Delete'): Promise<string> {
  await open(page, { path: '/?q=countersign&clean-up' });
  await page.getByRole('radio', { name: new RegExp(`^${action} them`) }).check();
  await page.getByRole('textbox', { name: 'Reason, for the audit trail' }).fill('Left the company');
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(page.getByRole('heading', { name: `3 users to ${action.toLowerCase()}` })).toBeVisible();
  return page.getByRole('textbox', { name: 'Link for the second administrator' }).inputValue();
}

/** Opens a page in a browser of the second administrator, who has to sign in there. */
async function openAs(context: BrowserContext, as: string, path: string): Promise<Page> {
  const page = await context.newPage();
  await signIn(page, { as, path });
  return page;
}

test('a second administrator sees what a plan is for and approves it, and then it is executed', async ({ page, newContext, host, seed }) => {
  test.slow();
  await seed(...PEOPLE);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const link = await plan(page, 'Delete');
  await page.getByRole('button', { name: 'Copy link for the second administrator' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
  await page.getByLabel('To confirm, type the number of users').fill('3');
  await expect(page.getByRole('button', { name: 'Delete 3 users' })).toHaveAttribute('aria-disabled', 'true');
  await expectAccessible(page);

  const context = await newContext();
  const sent: string[] = [];
  context.on('request', (request) => sent.push(request.url()));
  const dora = await openAs(context, 'Dora Deleter', link);
  await expect(dora.getByRole('heading', { name: 'Delete 3 users' })).toBeVisible();
  const main = dora.getByRole('main');
  for (const fact of ['Ada Admin', 'Left the company', 'countersign*', 'Valid until']) await expect(main).toContainText(fact);
  await expectAccessible(dora);
  // The seal is in no URL as it is sent.
  expect(sent.filter((url) => url.split('#')[0]!.includes(link.split('#')[1]!))).toEqual([]);

  const listed = context.waitForEvent('page');
  await dora.getByRole('link', { name: /^See who is found now/ }).click();
  await expect(rows(await listed)).toHaveCount(3);
  await dora.reload();
  await dora.getByRole('button', { name: 'Approve' }).click();
  await expect(dora.getByRole('heading', { name: 'You have approved: delete 3 users' })).toBeFocused();
  await expectAccessible(dora);
  const approval = await dora.getByRole('textbox', { name: 'Approval' }).inputValue();

  await page.getByRole('textbox', { name: 'Their approval' }).fill(`${approval.slice(0, 60)} ${approval.slice(60)}`);
  await page.getByRole('button', { name: 'Delete 3 users' }).click();
  await expect(page.getByRole('heading', { name: 'Done' })).toBeVisible();
  expect((await host.call('GET', '/users/auth0%7Ccountersign0')).status).toBe(404);
});

test('each refusal is in plain words', async ({ page, newContext, seed }) => {
  test.slow();
  await seed(...PEOPLE);
  const link = await plan(page, 'Block');
  const show = async (administrator: Page, pasted: string): Promise<void> => {
    await administrator.getByLabel('Link from the administrator who made the plan').fill(pasted);
    await administrator.getByRole('button', { name: 'Show the plan' }).click();
  };

  // Dora may delete, but not block.
  const dora = await openAs(await newContext(), 'Dora Deleter', '/?approve');
  await show(dora, link);
  await expect(dora.getByRole('alert')).toContainText('You may not approve this plan');
  await expect(dora.getByRole('alert')).toContainText('update:users');
  await show(dora, link.slice(0, -5));
  await expect(dora.getByRole('alert')).toContainText('This is not the link to a plan');
  await expectAccessible(dora);

  const own = await page.context().newPage();
  await own.goto(link);
  await expect(own.getByRole('alert')).toContainText('This is your own plan');
  await own.close();

  // The approval of another plan, and something else.
  await page.getByLabel('To confirm, type the number of users').fill('3');
  await page.getByRole('textbox', { name: 'Their approval' }).fill(link.split('#')[1]!);
  await page.getByRole('button', { name: 'Block 3 users' }).click();
  await expect(page.getByRole('alert')).toContainText('This is not the approval of this plan');
  await expect(page.getByRole('textbox', { name: 'Their approval' })).toBeFocused();
  await expectAccessible(page);
});

test('the plan of another tenant, and one that has expired, are refused', async ({ page, newContext, host, seed }) => {
  await seed(...PEOPLE);
  const link = await plan(page, 'Delete');
  const dora = await openAs(await newContext(), 'Dora Deleter', '/?approve');
  await dora.route(`${host.functions}/deletion-plans/approvals`, (route) =>
    route.fulfill({
      status: 409,
      contentType: 'application/problem+json',
      headers: { 'Access-Control-Allow-Origin': '*' },
      json: { type: 'urn:admin-functions:problem:plan-expired', title: 'The plan has expired', status: 409, detail: '' },
    }),
  );
  await dora.goto(link);
  await expect(dora.getByRole('alert')).toContainText('This plan has expired');
  await expect(dora.getByRole('button', { name: 'Approve' })).toHaveCount(0);
});

test('a plan that waits for its approval is not left by accident, and the pages fit a phone', async ({ page, newContext, seed }) => {
  await seed(...PEOPLE);
  await page.setViewportSize({ width: 360, height: 640 });
  const link = await plan(page, 'Delete');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.getByRole('button', { name: 'Back to the users' }).click();
  await expect(page.getByText('The plan waits for its approval and would be lost.')).toBeVisible();
  await expect(page.getByRole('heading', { name: '3 users to delete' })).toBeVisible();

  const dora = await openAs(await newContext({ viewport: { width: 360, height: 640 } }), 'Dora Deleter', link);
  const approve = dora.getByRole('button', { name: 'Approve' });
  await approve.focus();
  await dora.keyboard.press('Enter');
  await expect(dora.getByRole('heading', { name: 'You have approved: delete 3 users' })).toBeFocused();
  await dora.keyboard.press('Tab');
  await expect(dora.getByRole('textbox', { name: 'Approval' })).toBeFocused();
  expect(await dora.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);

  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('button', { name: 'Back to the users' }).click();
  await expect(page.getByRole('table', { name: 'Users' })).toBeVisible();
});
