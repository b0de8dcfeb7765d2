// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * An I2C bus with a PCA9685 (0x40) and a BMI160 (0x68), for the kernel's own drivers. Unlike i2c-stub it can refuse, hang and lose
 * power, and it keeps what the chips' rules say. /sys/module/i2c_chips/parameters:
 *
 *   refuse  address of a chip that does not acknowledge; 0: all do
 *   hang    1: nothing on the bus moves, every transfer ends after the adapter's time-out
 *   power   0: the chips are off, and silent; 1: on again, with the registers of their power-on reset
 *   writes  bytes that were written to the registers of PCA9685 outputs
 *   feels   what the BMI160 feels along x, y, z, in thousandths of g
 *   pulses  the last changes of what PCA9685 outputs give: "CLOCK_MONOTONIC in ns, output, count at which it falls; 4096 is off"
 *
 * NXP PCA9685 rev. 4: tables 4 to 8, 7.3.3 (a full OFF at power-on), 7.3.5 (PRE_SCALE is written only asleep).
 * Bosch BMI160 rev. 1.0: 2.11; both parts are suspended after a reset until CMD says otherwise, measure nothing meanwhile, and
 * saturate at the end of their range; 2.11.38 (CMD 0xb6 resets).
 * Errors as drivers/i2c/busses/i2c-bcm2835.c returns them: -EREMOTEIO without an acknowledge, -ETIMEDOUT after adapter->timeout.
 */
#include <linux/delay.h>
#include <linux/i2c.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/platform_device.h>

#define OUTPUTS 16
#define KEPT 64
enum { MODE1 = 0x00, MODE2 = 0x01, LED0 = 0x06, ALL_LED = 0xfa, PRE_SCALE = 0xfe, SLEEP = 0x10, AUTO_INCREMENT = 0x20 };
enum { PMU_STATUS = 0x03, ACC_X = 0x12, ACC_CONF = 0x40, ACC_RANGE = 0x41, GYR_CONF = 0x42, CMD = 0x7e };
enum { ACC_NORMAL = 0x11, GYR_NORMAL = 0x15, SOFT_RESET = 0xb6 };

static u8 pca9685[256], bmi160[256];
static u8 pca9685_at, bmi160_at;
static int refuse;
static bool hang;
static int feels[3] = { 0, 0, 1000 };
static bool powered = true;
static struct { u64 at; int output; int falls; } kept[KEPT];
static unsigned int count;
static unsigned int writes;
static int shown[OUTPUTS];
static struct i2c_adapter adapter;
static struct platform_device *device;

/* Bit 4 of OFF_H is a full OFF; an output of a sleeping chip is off, too. */
static void note_pulses(void)
{
	int i, falls;

	for (i = 0; i < OUTPUTS; i++) {
		u8 high = pca9685[LED0 + 4 * i + 3];

		falls = powered && !(pca9685[MODE1] & SLEEP) && !(high & 0x10) ? pca9685[LED0 + 4 * i + 2] | (high & 0x0f) << 8 : 4096;
		if (falls == shown[i])
			continue;
		shown[i] = falls;
		kept[count % KEPT].at = ktime_get_ns();
		kept[count % KEPT].output = i;
		kept[count % KEPT].falls = falls;
		count++;
	}
}

static void reset_bmi160(void)
{
	memset(bmi160, 0, sizeof(bmi160));
	bmi160[0] = 0xd1;
	bmi160[ACC_CONF] = 0x28;
	bmi160[ACC_RANGE] = 0x03;
	bmi160[GYR_CONF] = 0x28;
}

/* Counts of one axis, low byte first. */
static u8 felt(int byte)
{
	int range = bmi160[ACC_RANGE] & 0x0f;
	int per_g = range == 0x0c ? 2048 : range == 0x08 ? 4096 : range == 0x05 ? 8192 : 16384;
	int counts = clamp(feels[byte / 2] * per_g / 1000, -32768, 32767);

	if ((bmi160[PMU_STATUS] & 0x30) != 0x10)
		return 0;
	return byte % 2 ? counts >> 8 & 0xff : counts & 0xff;
}

static void command_bmi160(u8 command)
{
	if (command == SOFT_RESET)
		reset_bmi160();
	else if (command == ACC_NORMAL)
		bmi160[PMU_STATUS] |= 0x10;
	else if (command == GYR_NORMAL)
		bmi160[PMU_STATUS] |= 0x04;
}

static void power_on(void)
{
	int i;

	memset(pca9685, 0, sizeof(pca9685));
	pca9685[MODE1] = 0x11;
	pca9685[MODE2] = 0x04;
	pca9685[PRE_SCALE] = 0x1e;
	for (i = 0; i < OUTPUTS; i++)
		pca9685[LED0 + 4 * i + 3] = 0x10;
	reset_bmi160();
}

static void write_pca9685(u8 at, u8 value)
{
	int i;

	if (at == PRE_SCALE && !(pca9685[MODE1] & SLEEP))
		return;
	if (at >= LED0 && at < LED0 + 4 * OUTPUTS)
		writes++;
	if (at >= ALL_LED && at < PRE_SCALE) {
		for (i = 0; i < OUTPUTS; i++)
			pca9685[LED0 + 4 * i + at - ALL_LED] = value;
	} else {
		pca9685[at] = value;
	}
	/* The low byte alone is a moment between two writes, and no pulse that lasts. */
	if (at == MODE1 || (at >= LED0 && (at - LED0) % 4 == 3) || at == ALL_LED + 3)
		note_pulses();
}

static void take(struct i2c_msg *message)
{
	int i;

	if (message->len == 0)
		return;
	if (message->addr == 0x40) {
		pca9685_at = message->buf[0];
		for (i = 1; i < message->len; i++) {
			write_pca9685(pca9685_at, message->buf[i]);
			if (pca9685[MODE1] & AUTO_INCREMENT)
				pca9685_at++;
		}
	} else {
		bmi160_at = message->buf[0];
		for (i = 1; i < message->len; i++) {
			if (bmi160_at == CMD)
				command_bmi160(message->buf[i]);
			else
				bmi160[bmi160_at++] = message->buf[i];
		}
	}
}

static void give(struct i2c_msg *message)
{
	int i;

	for (i = 0; i < message->len; i++) {
		if (message->addr == 0x40) {
			message->buf[i] = pca9685[pca9685_at];
			if (pca9685[MODE1] & AUTO_INCREMENT)
				pca9685_at++;
		} else {
			message->buf[i] = bmi160_at >= ACC_X && bmi160_at < ACC_X + 6 ? felt(bmi160_at - ACC_X) : bmi160[bmi160_at];
			bmi160_at++;
		}
	}
}

static int transfer(struct i2c_adapter *bus, struct i2c_msg *messages, int number)
{
	int i;

	if (hang) {
		msleep(jiffies_to_msecs(bus->timeout));
		return -ETIMEDOUT;
	}
	for (i = 0; i < number; i++) {
		struct i2c_msg *message = &messages[i];

		if (!powered || message->addr == refuse || (message->addr != 0x40 && message->addr != 0x68))
			return -EREMOTEIO;
		/* Nine bits a byte, at 100 kHz. */
		usleep_range(90 * (message->len + 1), 90 * (message->len + 1) + 20);
		if (message->flags & I2C_M_RD)
			give(message);
		else
			take(message);
	}
	return number;
}

static u32 can(struct i2c_adapter *bus)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm algorithm = { .master_xfer = transfer, .functionality = can };

static int set_power(const char *value, const struct kernel_param *parameter)
{
	bool before = powered;
	int failed = param_set_bool(value, parameter);

	if (failed)
		return failed;
	if (powered && !before)
		power_on();
	note_pulses();
	return 0;
}

static int get_pulses(char *text, const struct kernel_param *parameter)
{
	unsigned int i;
	int length = 0;

	for (i = count > KEPT ? count - KEPT : 0; i < count; i++)
		length += scnprintf(text + length, PAGE_SIZE - length, "%llu %d %d\n", kept[i % KEPT].at, kept[i % KEPT].output,
				    kept[i % KEPT].falls);
	return length;
}

static const struct kernel_param_ops power_ops = { .set = set_power, .get = param_get_bool };
static const struct kernel_param_ops pulses_ops = { .get = get_pulses };
module_param(refuse, int, 0644);
module_param(hang, bool, 0644);
module_param_array(feels, int, NULL, 0644);
module_param(writes, uint, 0444);
module_param_cb(power, &power_ops, &powered, 0644);
module_param_cb(pulses, &pulses_ops, NULL, 0444);

static int __init begin(void)
{
	int i, failed;

	for (i = 0; i < OUTPUTS; i++)
		shown[i] = 4096;
	power_on();
	device = platform_device_register_simple("i2c-chips", -1, NULL, 0);
	if (IS_ERR(device))
		return PTR_ERR(device);
	adapter.owner = THIS_MODULE;
	adapter.algo = &algorithm;
	adapter.dev.parent = &device->dev;
	strscpy(adapter.name, "i2c-chips", sizeof(adapter.name));
	failed = i2c_add_adapter(&adapter);
	if (failed)
		platform_device_unregister(device);
	return failed;
}

static void __exit end(void)
{
	i2c_del_adapter(&adapter);
	platform_device_unregister(device);
}

module_init(begin);
module_exit(end);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("I2C bus with a PCA9685 and a BMI160 that can fail");
