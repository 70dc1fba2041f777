import type { Locator, Page } from '@playwright/test';
import { expect, rowOf, rows, searchBox, test } from './test';

/** Presses the key until the target has the focus, at most 60 times. */
async function tabTo(page: Page, target: Locator, key = 'Tab'): Promise<void> {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press(key);
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${key} does not lead to ${target}.`);
}

/** The width of the focus outline, or none. */
function focusRing(page: Page): Promise<string> {
  return page.evaluate(() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement!);
    return outlineStyle === 'none' ? 'none' : outlineWidth;
  });
}

test('you can sign in, search and delete a user with the keyboard alone', async ({ page, seed }) => {
  await seed(
    { user_id: 'auth0|keyboard-1', name: 'Tasta Tur', email: 'tasta.tur@example.com' },
    { user_id: 'auth0|keyboard-2', name: 'Tilda Tur', email: 'tilda.tur@example.com' },
  );
  await page.goto('/');
  await tabTo(page, page.getByRole('button', { name: 'Sign in' }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', { name: 'Ada Admin' }));
  await page.keyboard.press('Enter');
  await expect(rows(page)).toHaveCount(50);

  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeInViewport();
  await page.keyboard.press('Enter');
  await tabTo(page, searchBox(page));
  expect(await focusRing(page)).not.toBe('none');
  await page.keyboard.type('tur');
  await expect(rows(page)).toHaveCount(2);

  const link = rowOf(page, 'Tasta Tur').getByRole('link');
  await tabTo(page, link);
  await page.keyboard.press('Enter');
  const panel = page.getByRole('region', { name: 'Tasta Tur' });
  await expect(panel).toBeFocused();
  await tabTo(page, panel.getByRole('button', { name: 'Delete user' }));
  expect(await focusRing(page)).not.toBe('none');
  await page.keyboard.press('Escape');
  await expect(panel).toHaveCount(0);
  await expect(link).toBeFocused();

  const opener = rowOf(page, 'Tasta Tur').getByRole('button', { name: 'Actions for Tasta Tur' });
  await tabTo(page, opener);
  expect(await focusRing(page)).not.toBe('none');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Show details' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(opener).toBeFocused();
  await page.keyboard.press('Space');
  await page.keyboard.press('End');
  await expect(page.getByRole('menuitem', { name: 'Delete user' })).toBeFocused();
  expect(await focusRing(page)).not.toBe('none');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Delete Tasta Tur?' });
  await expect(dialog.getByLabel('To confirm, type')).toBeFocused();

  // The focus stays in the dialog in both directions. While the browser's own controls have it, the active element is the body.
  const visited = new Set<string>();
  for (const key of [...Array(7).fill('Tab'), ...Array(7).fill('Shift+Tab')]) {
    await page.keyboard.press(key);
    visited.add(
      await page.evaluate(() => {
        const focused = document.activeElement as HTMLElement;
        return focused.closest('dialog') ? focused.innerText || 'input' : focused.localName;
      }),
    );
  }
  expect(new Set([...visited, 'body'])).toEqual(new Set(['input', 'Copy', 'Cancel', 'Delete user', 'body']));

  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(opener).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('d');
  await page.keyboard.press('Enter');
  await expect(dialog.getByLabel('To confirm, type')).toBeFocused();
  await page.keyboard.type('tasta.tur@example.com');
  await page.keyboard.press('Enter');

  await expect(dialog).toHaveCount(0);
  await expect(rowOf(page, 'Tasta Tur')).toHaveCount(0);
  await expect(rowOf(page, 'Tilda Tur').getByRole('button', { name: 'Actions for Tilda Tur' })).toBeFocused();
});

test('you can sort and page through the list with the keyboard, and the focus stays in place', async ({ page }) => {
  await page.goto('/');
  await tabTo(page, page.getByRole('button', { name: 'Sign in' }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', { name: 'Ada Admin' }));
  await page.keyboard.press('Enter');
  await expect(rows(page)).toHaveCount(50);

  const sort = page.getByRole('columnheader', { name: 'Email' }).getByRole('button');
  await tabTo(page, sort);
  await page.keyboard.press('Space');
  await expect(page.getByRole('columnheader', { name: 'Email' })).toHaveAttribute('aria-sort', 'ascending');
  await expect(sort).toBeFocused();

  const next = page.getByRole('button', { name: 'Next page' });
  await tabTo(page, next, 'Shift+Tab').catch(() => tabTo(page, next));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('navigation', { name: 'Pages' })).toContainText('51–100 of');
  await expect(next).toBeFocused();
});
