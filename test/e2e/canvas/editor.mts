import type { Locator, Page } from 'playwright-core';
import type { Owner } from '../../tools/n8n/client.mts';

/** What a person's hands have done. */
export interface Hands {
	clicks: number;
	keys: number;
}

/** Runs in the page. */
const COUNT_HANDS = `
	window.hands = { clicks: 0, keys: 0 };
	addEventListener('pointerdown', (event) => event.isTrusted && window.hands.clicks++, true);
	addEventListener('keydown', (event) => event.isTrusted && window.hands.keys++, true);
`;

/** n8n's editor as a person uses it. */
export class Editor {
	constructor(
		readonly page: Page,
		private readonly url: string,
	) {}

	async logIn({ email, password }: Owner) {
		await this.page.addInitScript({ content: COUNT_HANDS });
		await this.page.goto(`${this.url}/signin`, { waitUntil: 'domcontentloaded' });
		await this.page.locator('input[type=email]').fill(email);
		await this.page.locator('input[type=password]').fill(password);
		await this.page.getByTestId('form-submit-button').click();
		await this.page.waitForURL(/\/home/, { waitUntil: 'commit' });
	}

	async newWorkflow() {
		await this.page.goto(`${this.url}/workflow/new`, { waitUntil: 'domcontentloaded' });
		await this.page.getByTestId('canvas-add-button').waitFor();
	}

	/** Clicks and keys since the workflow was opened. */
	async hands(): Promise<Hands> {
		return await this.page.evaluate<Hands>('window.hands');
	}

	/** What the node panel offers for a search. */
	async searchNodes(text: string): Promise<Locator> {
		const search = this.page.getByTestId('node-creator-search-bar');
		if (!(await search.isVisible())) {
			const first = this.page.getByTestId('canvas-plus-button');
			await (
				(await first.isVisible()) ? first : this.page.getByTestId('node-creator-plus-button')
			).click();
		}
		await search.waitFor();
		await this.page.keyboard.type(text);
		return this.page.getByTestId('item-iterator-item');
	}

	async addManualTrigger() {
		const found = await this.searchNodes('manual trigger');
		await found.filter({ hasText: 'Manual Trigger' }).first().click();
		await this.node('When clicking').waitFor();
	}

	/**
	 * Drops a node of this package behind the last one, and opens its panel. The first node brings a manual
	 * trigger along.
	 */
	async addNode(name: string, typed = name) {
		const found = await this.searchNodes(typed);
		await found.filter({ hasText: name }).first().waitFor();
		await this.page.keyboard.press('Enter');
		await this.page.getByText('Add to workflow').click();
		await this.panel.waitFor();
	}

	get panel(): Locator {
		return this.page.getByTestId('ndv');
	}

	parameter(name: string): Locator {
		return this.panel.getByTestId(`parameter-input-${name}`);
	}

	async fill(name: string, text: string) {
		await this.parameter(name).locator('input').click();
		await this.page.keyboard.press('Control+A');
		await this.page.keyboard.type(text);
		// The editor takes over what is typed after a pause.
		await this.page.waitForTimeout(1_000);
	}

	async switchOn(name: string) {
		await this.parameter(name).locator('.el-switch__core').click();
	}

	/** Switches a parameter from Expression to Fixed. */
	async setFixed(name: string) {
		await this.parameter(name).hover();
		const item = this.panel
			.getByTestId('parameter-item')
			.filter({ has: this.page.getByTestId(`parameter-input-${name}`) });
		await item.getByTestId('radio-button-fixed').click();
	}

	/** Opens the list of a resource locator. */
	async openList(name: string): Promise<Locator> {
		await this.parameter(name).getByTestId('rlc-input').click();
		const items = this.page.getByTestId('rlc-item');
		await items.first().waitFor();
		return items;
	}

	async pick(name: string, text: string) {
		await (await this.openList(name)).filter({ hasText: text }).first().click();
	}

	/** Chooses one of a multi-select's entries, which then is closed again. */
	async pickOption(name: string, text: string) {
		// A list that depends on what was chosen just now is loaded anew, and opens only afterwards.
		await this.page.waitForTimeout(5_000);
		await this.parameter(name).click();
		await this.page
			.locator('.el-select-dropdown__item:visible')
			.filter({ hasText: new RegExp(`^\\s*${text}\\s*$`) })
			.click();
		await this.page.keyboard.press('Tab');
	}

	/** What a list shows instead of entries. */
	async reasonOf(name: string): Promise<string> {
		await this.parameter(name).getByTestId('rlc-input').click();
		return await this.page.getByTestId('rlc-error-container').innerText();
	}

	/** Runs the open node, and those before it that have not run. */
	async executeNode() {
		await this.page.getByTestId('node-execute-button').click();
		const output = this.page.getByTestId('output-panel');
		await output.getByTestId('node-run-status-success').waitFor({ timeout: 90_000 });
	}

	async closePanel() {
		await this.page.getByTestId('ndv-close-button').click();
		await this.panel.waitFor({ state: 'hidden' });
	}

	/** The same by n8n's own key, which does it where no text is being typed. */
	async leavePanel() {
		await this.page.keyboard.press('Escape');
		await this.panel.waitFor({ state: 'hidden' });
	}

	async openWorkflow(id: string) {
		await this.page.goto(`${this.url}/workflow/${id}`, { waitUntil: 'domcontentloaded' });
		await this.page.getByTestId('canvas-node').first().waitFor();
	}

	node(name: string): Locator {
		return this.page.getByTestId('canvas-node').filter({ hasText: name });
	}

	async openNode(name: string) {
		await this.node(name).dblclick();
		await this.panel.waitFor();
	}

	async dismissMessages() {
		const messages = this.page.locator('.el-notification');
		for (const message of await messages.all()) {
			await message.locator('.el-notification__closeBtn').click();
		}
		await messages.first().waitFor({ state: 'hidden' });
	}

	/** Puts the nodes in order and all of them into view. */
	async tidyUp() {
		await this.page.getByTestId('tidy-up-button').click();
		await this.page.getByTestId('zoom-to-fit').click();
		await this.page.waitForTimeout(1_000);
	}

	async execute() {
		await this.page.getByTestId('execute-workflow-button').click();
	}
}
