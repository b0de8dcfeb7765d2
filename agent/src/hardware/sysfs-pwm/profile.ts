import type { DrivetrainProfile } from '@pitwall/firmware-config';

export type SysfsPwmProfile = Extract<DrivetrainProfile, { kind: 'sysfs-pwm' }>;
