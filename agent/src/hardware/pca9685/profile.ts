import type { DrivetrainProfile } from '@pitwall/firmware-config';

export type Pca9685Profile = Extract<DrivetrainProfile, { kind: 'pca9685' }>;
