#!/bin/bash
# Motor and steering on pwm-pca9685, as the user pitwall with our udev rules; asserted on the chip's registers and the bus.
runuser -u pitwall -- node /opt/pitwall/test/machine/guest/outputs.mjs
