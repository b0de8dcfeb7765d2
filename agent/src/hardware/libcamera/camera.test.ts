import { expect, it } from 'vitest';
import { strideOf } from '../capture/index.js';
import { wholeView } from './camera.js';

// As `rpicam-hello --list-cameras` prints it (rpicam-apps, core/rpicam_app.cpp).
const list = `Available cameras
-----------------
0 : imx219 [3280x2464 10-bit RGGB] (/base/soc/i2c0mux/i2c@1/imx219@10)
    Modes: 'SRGGB10_CSI2P' : 640x480 [206.65 fps - (1000, 752)/1280x960 crop]
                             1640x1232 [41.85 fps - (0, 0)/3280x2464 crop]
1 : imx708_wide [4608x2592 10-bit RGGB] (/base/axi/pcie@120000/rp1/i2c@80000/imx708@1a)
2 : ov9281 [1280x800 10-bit MONO] (/base/soc/i2c0mux/i2c@1/ov9281@60)
`;

it('takes the mode of a sensor that sees the whole view', () => {
  expect(wholeView(list, 0)).toBe('1640:1232');
  expect(wholeView(list, 1)).toBe('2304:1296');
  expect(wholeView(list, 2)).toBeUndefined();
  expect(wholeView('', 0)).toBeUndefined();
});

it('reads rows that a driver pads, and refuses what is no frame of this size', () => {
  const yuyv = { format: 'yuyv', width: 324, height: 240 } as const;
  expect(strideOf(648 * 240, 648 * 240, yuyv)).toBe(648);
  expect(strideOf(704 * 240, 648 * 240, yuyv)).toBe(704);
  const planar = { format: 'planar', width: 324, height: 240 } as const;
  expect(strideOf(384 * 360, 324 * 360, planar)).toBe(384);
  expect(strideOf(648 * 239, 648 * 240, yuyv)).toBeUndefined();
  expect(strideOf(648 * 480, 648 * 240, yuyv)).toBeUndefined();
});
