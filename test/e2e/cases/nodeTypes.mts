const own = (name: string) => `n8n-nodes-clarifai.${name}`;

export const CREATE_MODEL = own('clarifaiCreateModel');
export const TRAIN = own('clarifaiTrain');
export const TRAINING_STATUS = own('clarifaiTrainingStatus');
export const TRAINING_TRIGGER = own('clarifaiTrainingTrigger');
