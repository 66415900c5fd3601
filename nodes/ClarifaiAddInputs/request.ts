import type { IExecuteFunctions } from 'n8n-workflow';
import type { WaitOptions } from '../shared/api/jobs';
import type { AppScope } from '../shared/clarifai/identifiers';
import type { Labels } from '../shared/clarifai/inputs';
import type { ItemParameters } from '../shared/parameters/itemParameters';
import { readMedium, type Medium } from '../shared/parameters/mediaParameters';
import { isUnset, parseJson } from '../shared/parameters/values';
import { waitOptions } from '../shared/parameters/waitOptions';
import { boxesOf, regionsOfJson } from './regions';

/** One item's input, as its parameters ask for it. */
export interface AddRequest {
	scope: AppScope;
	itemIndex: number;
	medium: Medium;
	/** Absent for an ID that is made from the content. */
	inputId?: string;
	labels: Labels;
	datasetId?: string;
	createDataset: boolean;
	ifExists: 'skip' | 'update' | 'fail';
	newConcepts: 'refuse' | 'create';
	allowDuplicateUrl: boolean;
	/** Absent when the node does not wait for the processing. */
	wait?: WaitOptions;
	simplify: boolean;
}

export async function readAddRequest(
	context: IExecuteFunctions,
	item: ItemParameters,
	mayWait: boolean,
): Promise<AddRequest> {
	const wait = waitOptions(item);
	return {
		scope: item.scope(),
		itemIndex: item.itemIndex,
		medium: await readMedium(context, item),
		inputId: item.optionalId('inputId'),
		labels: readLabels(item),
		datasetId: item.optionallyLocated('dataset')?.id,
		createDataset: item.boolean('additionalFields.createDataset'),
		ifExists: item.choice('ifInputExists'),
		newConcepts: item.choice('additionalFields.newConcepts'),
		allowDuplicateUrl: item.boolean('additionalFields.allowDuplicateUrl'),
		wait: item.boolean('waitForProcessing') && mayWait ? wait : undefined,
		simplify: item.boolean('simplify'),
	};
}

/** What is not said is absent, so that an update leaves it as it is stored. */
function readLabels(item: ItemParameters): Labels {
	const positive = item.idList('concepts');
	const negative = item.idList('additionalFields.negativeConcepts', true);
	const both = positive.find((id) => negative.includes(id));
	if (both !== undefined) {
		item.refuse(
			`Concept "${both}" is in '${item.label('concepts')}' and in '${item.label('additionalFields.negativeConcepts')}'`,
			'An input shows a concept or does not: take it out of one.',
		);
	}
	return {
		...(positive.length > 0 ? { positive } : {}),
		...(negative.length > 0 ? { negative } : {}),
		...readRegions(item),
		...readMetadata(item),
		...readGeo(item),
	};
}

/** An empty object is said, too: that there is none. */
function readMetadata(item: ItemParameters): Pick<Labels, 'metadata'> {
	const path = 'additionalFields.metadata';
	const metadata = item.json(path);
	return isSaid(item, path) ? { metadata } : {};
}

/** An empty list is said, too: that there are none. */
function readRegions(item: ItemParameters): Pick<Labels, 'regions'> {
	const path = 'additionalFields.regionsJson';
	const ofJson = item.attempt(() => {
		const value = item.value(path);
		if (value === undefined || value === '') return [];
		return regionsOfJson(parseJson(value, item.label(path)), item.label(path));
	}, []);
	const ofForm = boxesOf(item.entries('additionalFields.boxes.box', 'box'));
	return isSaid(item, path) || ofForm.length > 0 ? { regions: [...ofJson, ...ofForm] } : {};
}

function isSaid(item: ItemParameters, path: string): boolean {
	return item.attempt(() => !isUnset(item.value(path)), false);
}

function readGeo(item: ItemParameters): Pick<Labels, 'geo'> {
	const before = item.problems.length;
	const latitude = item.number('additionalFields.latitude', { min: -90, max: 90 });
	const longitude = item.number('additionalFields.longitude', { min: -180, max: 180 });
	if (item.problems.length > before) return {};
	if (latitude !== undefined && longitude !== undefined) return { geo: { latitude, longitude } };
	if (latitude !== undefined || longitude !== undefined) {
		const [lat, long] = [
			item.label('additionalFields.latitude'),
			item.label('additionalFields.longitude'),
		];
		item.refuse(`Only one of '${lat}' and '${long}' is set`, 'A place needs both.');
	}
	return {};
}
