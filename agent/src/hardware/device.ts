/** How a device that may come and go is doing, and who hears of it. */
export type { Health as DeviceHealth, HealthEvents as DeviceEvents } from '@pitwall/runtime';
