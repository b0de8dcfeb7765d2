import type { DrivetrainProfile } from '@pitwall/firmware-config';

export type PulsesProfile = Extract<DrivetrainProfile, { kind: 'pca9685' }>;
export type BridgeProfile = Extract<DrivetrainProfile, { kind: 'h-bridge' }>;
/** Whatever hangs on a PCA9685 that no driver of the kernel has. */
export type Pca9685Profile = PulsesProfile | BridgeProfile;
