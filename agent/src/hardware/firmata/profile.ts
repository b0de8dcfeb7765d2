import type { DrivetrainProfile } from '@pitwall/firmware-config';

export type FirmataProfile = Extract<DrivetrainProfile, { kind: 'firmata' | 'drive-unit' }>;
