# Emulated chips under the kernel's own drivers. Leaves in /run: number of the I2C bus, number of the first GPIO line, where lines are pulled.
set -ex
modprobe i2c-dev
modprobe i2c_chips
chmod a+w /sys/module/i2c_chips/parameters/{refuse,hang,power,feels}
bus=$(grep -l '^i2c-chips$' /sys/bus/i2c/devices/i2c-*/name | sed 's#.*/i2c-\([0-9]*\)/name#\1#')
echo "$bus" > /run/bus
modprobe pwm-pca9685
modprobe bmi160_i2c
echo pca9685 0x40 > "/sys/bus/i2c/devices/i2c-$bus/new_device"
echo bmi160 0x68 > "/sys/bus/i2c/devices/i2c-$bus/new_device"
modprobe irq-sim-module
mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config
mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
mountpoint -q /sys/kernel/tracing || mount -t tracefs none /sys/kernel/tracing
label=pinctrl-bcm2835
if modprobe gpio-sim 2> /dev/null; then
  mkdir -p /sys/kernel/config/gpio-sim/rig/bank0
  echo 40 > /sys/kernel/config/gpio-sim/rig/bank0/num_lines
  echo $label > /sys/kernel/config/gpio-sim/rig/bank0/label
  echo 1 > /sys/kernel/config/gpio-sim/rig/live
  ls -d /sys/devices/platform/gpio-sim.*/gpiochip* > /run/pulls
else
  label=gpio-mockup-A
  modprobe gpio-mockup gpio_mockup_ranges=-1,40
  ls -d /sys/kernel/debug/gpio-mockup/gpiochip* | head -1 > /run/pulls
fi
echo $label > /run/label
chip=$(grep -l "^$label\$" /sys/class/gpio/gpiochip*/label)
cat "$(dirname "$chip")/base" > /run/first-line
echo mono > /sys/kernel/tracing/trace_clock
echo 1 > /sys/kernel/tracing/events/gpio/gpio_value/enable
chmod -R a+rX /sys/kernel/tracing
chmod a+w /sys/kernel/tracing/trace
udevadm settle
set +ex
