# Registers as after power-on: NXP PCA9685 rev. 4, table 5; Bosch BMI160 rev. 1.0, section 2.11.
set -ex
modprobe i2c-dev
modprobe i2c-stub chip_addr=0x40,0x68
bus=$(grep -l 'SMBus stub' /sys/bus/i2c/devices/i2c-*/name | sed 's#.*/i2c-\([0-9]*\)/name#\1#')
echo "$bus" > /run/bus
i2cset -y "$bus" 0x68 0x00 0xd1
i2cset -y "$bus" 0x68 0x41 0x03
i2cset -y "$bus" 0x40 0x00 0x11
i2cset -y "$bus" 0x40 0x01 0x04
i2cset -y "$bus" 0x40 0xfe 0x1e
modprobe pwm-pca9685
modprobe bmi160_i2c
echo pca9685 0x40 > "/sys/bus/i2c/devices/i2c-$bus/new_device"
echo bmi160 0x68 > "/sys/bus/i2c/devices/i2c-$bus/new_device"
modprobe irq-sim-module 2> /dev/null || modprobe irq-sim-ext
modprobe gpio-sim
mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config
mkdir -p /sys/kernel/config/gpio-sim/rig/bank0
echo 40 > /sys/kernel/config/gpio-sim/rig/bank0/num_lines
echo pinctrl-bcm2835 > /sys/kernel/config/gpio-sim/rig/bank0/label
echo 1 > /sys/kernel/config/gpio-sim/rig/live
mountpoint -q /sys/kernel/tracing || mount -t tracefs none /sys/kernel/tracing
udevadm settle
set +ex
