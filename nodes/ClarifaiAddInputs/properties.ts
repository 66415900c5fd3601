import type { INodeProperties } from 'n8n-workflow';
import { optionsWith, simplify } from '../shared/parameters/commonProperties';
import { locator } from '../shared/parameters/locators';
import { mediaProperties } from '../shared/parameters/mediaParameters';
import { waitProperties } from '../shared/parameters/waitOptions';

const edge = (displayName: string, name: string): INodeProperties => ({
	displayName,
	name,
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 4 },
	default: 0,
	description: 'Share of the picture, from 0 to 1',
});

export const addInputsProperties: INodeProperties[] = [
	...mediaProperties,
	{
		displayName: 'Concept Names or IDs',
		name: 'concepts',
		type: 'multiOptions',
		typeOptions: {
			loadOptionsMethod: 'getConcepts',
			loadOptionsDependsOn: ['options.userId', 'options.appId', 'inputSource'],
		},
		default: [],
		description:
			'What the input shows: its labels. An expression may give a list of IDs or a comma-separated text. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	locator({
		displayName: 'Dataset',
		name: 'dataset',
		description: 'The dataset that the inputs join',
		hint: 'Empty: they join the app alone',
		search: 'searchDatasets',
		placeholder: 'my-dataset',
	}),
	{
		displayName: 'Input ID',
		name: 'inputId',
		type: 'string',
		default: '',
		placeholder: 'e.g. photo-000123',
		description: 'ID of the input, unique in the app',
		hint: 'Empty: made from the content, so that the same file is added once',
	},
	{
		displayName: 'If Input Exists',
		name: 'ifInputExists',
		type: 'options',
		default: 'skip',
		description:
			'What to do when the app has an input with this ID already. Clarifai bills stored inputs by the month.',
		options: [
			{ name: 'Fail', value: 'fail', description: 'Report an error for the item' },
			{ name: 'Skip', value: 'skip', description: 'Leave it as it is, and say so' },
			{
				name: 'Update',
				value: 'update',
				description: 'Let labels, regions and metadata of the item replace the stored ones',
			},
		],
	},
	{
		displayName: 'Wait for Processing',
		name: 'waitForProcessing',
		type: 'boolean',
		default: true,
		displayOptions: { hide: { '@tool': [true] } },
		description:
			'Whether to wait until Clarifai has read the inputs, so that they can be trained on and unreadable ones are found',
	},
	waitProperties(
		{
			timeoutMinutes: 10,
			pollSeconds: 2,
			displayOptions: { show: { waitForProcessing: [true] }, hide: { '@tool': [true] } },
		},
		'Minutes to wait. After that the item goes on with processing: pending.',
	),
	simplify,
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add field',
		default: {},
		options: [
			{
				displayName: 'Allow Duplicate URL',
				name: 'allowDuplicateUrl',
				type: 'boolean',
				default: false,
				description: 'Whether to add a URL that the app has under another ID already',
				displayOptions: { show: { '/inputSource': ['url'] } },
			},
			{
				displayName: 'Boxes',
				name: 'boxes',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				placeholder: 'Add box',
				default: {},
				description: 'Labelled boxes in the picture',
				options: [
					{
						displayName: 'Box',
						name: 'box',
						values: [
							{
								displayName: 'Concept ID',
								name: 'concept',
								type: 'string',
								default: '',
								placeholder: 'e.g. cat',
								description: 'What the box shows',
							},
							edge('Top', 'top'),
							edge('Left', 'left'),
							edge('Bottom', 'bottom'),
							edge('Right', 'right'),
						],
					},
				],
			},
			{
				displayName: 'Create Dataset',
				name: 'createDataset',
				type: 'boolean',
				default: false,
				description: 'Whether to create the dataset if the app does not have it',
			},
			{
				displayName: 'Latitude',
				name: 'latitude',
				type: 'number',
				typeOptions: { minValue: -90, maxValue: 90, numberPrecision: 6 },
				default: 0,
				description: 'Where the input was taken, in degrees; together with Longitude',
			},
			{
				displayName: 'Longitude',
				name: 'longitude',
				type: 'number',
				typeOptions: { minValue: -180, maxValue: 180, numberPrecision: 6 },
				default: 0,
				description: 'Where the input was taken, in degrees; together with Latitude',
			},
			{
				displayName: 'Metadata',
				name: 'metadata',
				type: 'json',
				default: '{}',
				description: 'Any JSON object to keep with the input',
			},
			{
				displayName: 'Negative Concepts',
				name: 'negativeConcepts',
				type: 'string',
				default: '',
				placeholder: 'e.g. dog, horse',
				description: 'IDs of concepts that the input does not show, separated by commas',
			},
			{
				displayName: 'New Concepts',
				name: 'newConcepts',
				type: 'options',
				default: 'refuse',
				description: 'What to do with concepts that the app does not have',
				options: [
					{
						name: 'Create',
						value: 'create',
						description: 'Let Clarifai create them',
					},
					{
						name: 'Refuse',
						value: 'refuse',
						description: 'Report an error: a misspelt concept would become a new class',
					},
				],
			},
			{
				displayName: 'Regions (JSON)',
				name: 'regionsJson',
				type: 'json',
				default: '[]',
				description:
					'A list of labelled regions, such as [{"concept": "cat", "top": 0.1, "left": 0.2, "bottom": 0.5, "right": 0.6}], or with a polygon of [row, column] corners instead of the edges. All from 0 to 1.',
			},
		],
	},
	optionsWith(),
];
