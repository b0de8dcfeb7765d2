# An Xbox pad as the driver xpad shows it, held by this process. Commands on stdin: start estop clear arm stop, hold, release, throttle X.
import sys, time
from evdev import UInput, AbsInfo, ecodes as e
axes = [(c, AbsInfo(0, -32768, 32767, 0, 0, 0)) for c in (e.ABS_X, e.ABS_Y, e.ABS_RX, e.ABS_RY)]
axes += [(c, AbsInfo(0, 0, 255, 0, 0, 0)) for c in (e.ABS_Z, e.ABS_RZ)]
keys = [e.BTN_A, e.BTN_B, e.BTN_X, e.BTN_Y, e.BTN_TL, e.BTN_TR, e.BTN_SELECT, e.BTN_START, e.BTN_MODE, e.BTN_THUMBL, e.BTN_THUMBR]
pad = UInput({e.EV_KEY: keys, e.EV_ABS: axes}, name='Microsoft X-Box 360 pad', vendor=0x45e, product=0x28e, version=0x114)
buttons = dict(start=e.BTN_A, estop=e.BTN_B, clear=e.BTN_X, arm=e.BTN_Y, stop=e.BTN_TL)
print('ready', flush=True)
for line in sys.stdin:
    what, *value = line.split()
    if what in buttons:
        for down in (1, 0):
            if down: print(what, time.monotonic_ns() / 1e6, flush=True)
            pad.write(e.EV_KEY, buttons[what], down)
            pad.syn()
            time.sleep(.05)
    elif what in ('hold', 'release'):
        pad.write(e.EV_KEY, e.BTN_TR, int(what == 'hold'))
        pad.syn()
    elif what == 'throttle':
        pad.write(e.EV_ABS, e.ABS_RY, int(-32767 * float(value[0])))
        pad.syn()
