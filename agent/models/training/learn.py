"""Trains the sample model's network on what the rollouts have gathered: one round of DAgger.

Run by train.ts with one thread, so that a seed gives the same weights on the same kind of machine. In the work folder:
  frames.u8    N x 120 x 160 grey pixels, 0 to 255
  targets.f32  N x A probabilities: the teacher's action, spread over the model's action list
  state.pt     the network and the optimizer after the round before (absent in the first)
  weights.f32, weights.json   written: every tensor in TensorFlow's layout, and where it lies
"""

import argparse
import json
import os
import sys

import numpy
import torch
from torch import nn

HEIGHT, WIDTH = 120, 160


class Network(nn.Module):
    """Three convolutions and a dense layer, as the SHALLOW network has them, with fewer filters."""

    def __init__(self, actions):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 8, 4)
        self.conv2 = nn.Conv2d(16, 32, 4, 2)
        self.conv3 = nn.Conv2d(32, 32, 3, 1)
        self.dense = nn.Linear(11 * 16 * 32, 64)
        self.head = nn.Linear(64, actions)
        for layer in (self.conv1, self.conv2, self.conv3, self.dense):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
        nn.init.normal_(self.head.weight, 0, 0.05)
        nn.init.zeros_(self.head.bias)

    def forward(self, pixels):
        """pixels: N x 1 x 120 x 160, 0 to 255. Gives logits."""
        x = pixels / 255.0
        for layer in (self.conv1, self.conv2, self.conv3):
            x = torch.relu(layer(x))
        # TensorFlow flattens height, width, channels in this order.
        x = x.permute(0, 2, 3, 1).flatten(1)
        return self.head(torch.relu(self.dense(x)))


def export(network, folder):
    """Kernels as TensorFlow has them: convolutions height x width x in x out, dense layers in x out."""
    layers, offset = [], 0
    with open(os.path.join(folder, "weights.f32"), "wb") as out:
        for name, tensor in network.state_dict().items():
            array = tensor.numpy()
            if array.ndim == 4:
                array = array.transpose(2, 3, 1, 0)
            elif array.ndim == 2:
                array = array.T
            array = numpy.ascontiguousarray(array, dtype="<f4")
            out.write(array.tobytes())
            layers.append({"name": name, "shape": list(array.shape), "offset": offset})
            offset += array.size
    with open(os.path.join(folder, "weights.json"), "w", encoding="utf-8") as out:
        json.dump(layers, out)


def augment(pixels, random):
    """Another camera, another light, a worse lens: each frame gets its own contrast, brightness, noise, shift and blur."""
    count = pixels.shape[0]

    def draw(low, high):
        return torch.rand(count, 1, 1, 1, generator=random) * (high - low) + low

    # Moved by up to 2 pixels: the camera is never mounted exactly.
    dx, dy = (int(v) for v in torch.randint(-2, 3, (2,), generator=random))
    pixels = torch.roll(pixels, (dy, dx), (2, 3))
    if dy > 0:
        pixels[:, :, :dy] = pixels[:, :, dy : dy + 1]
    if dy < 0:
        pixels[:, :, dy:] = pixels[:, :, dy - 1 : dy]
    if dx > 0:
        pixels[:, :, :, :dx] = pixels[:, :, :, dx : dx + 1]
    if dx < 0:
        pixels[:, :, :, dx:] = pixels[:, :, :, dx - 1 : dx]
    if torch.rand((), generator=random) < 0.25:
        pixels = nn.functional.avg_pool2d(pixels, 3, 1, 1, count_include_pad=False)
    mean = pixels.mean((1, 2, 3), keepdim=True)
    pixels = (pixels - mean) * draw(0.7, 1.25) + mean * draw(0.7, 1.25) + draw(-12, 12)
    noise = torch.randn(pixels.shape, generator=random)
    return (pixels + noise * draw(0, 6)).clamp_(0, 255)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True)
    parser.add_argument("--actions", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--samples", type=int, required=True, help="how many frames to learn from, with repetition")
    parser.add_argument("--rate", type=float, nargs=2, required=True, help="learning rate at the start and at the end")
    parser.add_argument("--forgetful", action="store_true", help="start with an optimizer that remembers nothing")
    options = parser.parse_args()

    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(options.seed)
    random = torch.Generator().manual_seed(options.seed)

    frames = numpy.fromfile(os.path.join(options.work, "frames.u8"), dtype=numpy.uint8)
    frames = torch.from_numpy(frames.reshape(-1, 1, HEIGHT, WIDTH))
    targets = numpy.fromfile(os.path.join(options.work, "targets.f32"), dtype="<f4")
    targets = torch.from_numpy(targets.reshape(-1, options.actions))
    if len(frames) != len(targets):
        sys.exit(f"{len(frames)} frames, but {len(targets)} targets: remove {options.work} and start again")

    network = Network(options.actions)
    optimizer = torch.optim.Adam(network.parameters(), options.rate[0])
    state = os.path.join(options.work, "state.pt")
    if os.path.exists(state):
        saved = torch.load(state)
        network.load_state_dict(saved["network"])
        if not options.forgetful:
            optimizer.load_state_dict(saved["optimizer"])

    batch, done, loss_sum, steps = 64, 0, 0.0, 0
    order = torch.empty(0, dtype=torch.long)
    network.train()
    while done < options.samples:
        if len(order) < batch:
            order = torch.cat([order, torch.randperm(len(frames), generator=random)])
        chosen, order = order[:batch], order[batch:]
        share = done / options.samples
        for group in optimizer.param_groups:
            group["lr"] = options.rate[0] * (options.rate[1] / options.rate[0]) ** share
        logits = network(augment(frames[chosen].float(), random))
        loss = nn.functional.cross_entropy(logits, targets[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        done += len(chosen)
        if share > 0.9:
            loss_sum, steps = loss_sum + loss.item(), steps + 1

    torch.save({"network": network.state_dict(), "optimizer": optimizer.state_dict()}, state)
    export(network, options.work)
    print(json.dumps({"frames": len(frames), "loss": round(loss_sum / max(1, steps), 4)}))


if __name__ == "__main__":
    main()
