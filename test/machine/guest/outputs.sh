#!/bin/bash
# Motor and steering on pwm-pca9685, as the user pitwall with our udev rules; asserted on the chip's registers and the bus.
bus=$(cat /run/bus)
echo 1 > /sys/kernel/tracing/events/smbus/smbus_write/enable
chmod -R a+rX /sys/kernel/tracing
runuser -u pitwall -- node /opt/pitwall/test/machine/guest/outputs.mjs "$bus"
