"""Whole training steps are PyTorch's in float64, to 1e-9: network, CTC, clipping, optimiser,
schedule and running statistics together. Optional, as tests/test_torch.py is.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crnn.config import Config, ConvBlock
from crnn.model import build
from crnn.ops.norm import BatchNorm2d
from crnn.schedule import factor
from crnn.train import advance, initial_state
from tests.support import striped_set, tiny_seed, tiny_word
from tests.test_torch import TOLERANCE, F, Tensor, close, tensor, their_optimiser

torch = pytest.importorskip("torch")


class TheirNetwork:
    """The network of a Config for pictures of one width that is whole timesteps, at shards 1."""

    def __init__(self, config: Config, params: dict[str, Tensor]) -> None:
        self.config, self.p, self.net = config, params, build(config)
        names = [name for name, _ in self.net.averaging()]
        self.mean = {n: torch.zeros(dict(self.net.averaging())[n].channels).double() for n in names}
        self.var = {n: torch.ones_like(mean) for n, mean in self.mean.items()}
        kinds = {"tanh": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
        self.rnn = kinds[config.cell](
            *(self.net.layers[0].directions[0][1].d_in, config.units, config.layers),
            batch_first=True,
            bidirectional=config.bidirectional,
        ).double()

    def _norm(self, x: Tensor, number: int) -> Tensor:
        spec, name = self.config.convs[number - 1], f"norm{number}"
        if spec.norm == "none":
            return x
        w, b = self.p[f"{name}.w"], self.p[f"{name}.b"]
        if spec.norm == "batch":
            return F.batch_norm(x, self.mean[name], self.var[name], w, b, True, 0.1)
        return F.layer_norm(x.movedim(1, -1), w.shape, w, b).movedim(-1, 1)

    def _rnn_weights(self) -> dict[str, Tensor]:
        found = {}
        for number in range(self.config.layers):
            for way, ending in (("fwd", ""), ("bwd", "_reverse"))[: self.config.n_directions]:
                name, at = f"rnn{number + 1}.{way}", f"l{number}{ending}"
                second = torch.zeros_like(self.p[f"{name}.b"])
                if self.config.cell == "gru":
                    second = torch.cat([second[: 2 * self.config.units], self.p[f"{name}.b_hn"]])
                found[f"weight_ih_{at}"] = self.p[f"{name}.w_ih"]
                found[f"weight_hh_{at}"] = self.p[f"{name}.w_hh"]
                found[f"bias_ih_{at}"] = self.p[f"{name}.b"]
                found[f"bias_hh_{at}"] = second
        return found

    def __call__(self, x: Tensor) -> Tensor:
        acts = {"relu": F.relu, "leaky_relu": F.leaky_relu}
        acts |= {"tanh": torch.tanh, "sigmoid": torch.sigmoid}
        for number, (spec, block) in enumerate(
            zip(self.config.convs, self.net.blocks, strict=True), start=1
        ):
            w, b = self.p[f"conv{number}.w"], self.p[f"conv{number}.b"]
            x = F.conv2d(F.pad(x, (0, block.conv.right)), w, b, spec.stride, spec.padding)
            x = acts[spec.activation](self._norm(x, number))
            x = (F.max_pool2d if spec.pool_kind == "max" else F.avg_pool2d)(x, spec.pool)
        x = x.permute(0, 3, 1, 2).flatten(2)
        y, _ = torch.func.functional_call(self.rnn, self._rnn_weights(), (x,))
        return F.linear(y, self.p["linear.w"], self.p["linear.b"])


SQUARE = tiny_seed().input
WHOLE_STEPS = {
    "seed": tiny_seed(),
    "word": tiny_word(input=SQUARE),
    "stacked GRU, batch norm, cosine": tiny_word(
        input=SQUARE,
        convs=(
            ConvBlock(3, (2, 2), norm="batch"),
            ConvBlock(4, (2, 1), norm="batch", activation="leaky_relu"),
        ),
        cell="gru",
        layers=2,
        schedule="cosine",
        schedule_steps=6,
    ),
    "stacked LSTM, layer norm, even kernels, mean pools": tiny_word(
        input=SQUARE,
        convs=(
            ConvBlock(3, (2, 2), (4, 2), (2, 1), (1, 0), "tanh", "layer", "avg"),
            ConvBlock(4, (1, 2), (2, 2), (1, 1), (0, 0), "sigmoid", "layer", "avg"),
        ),
        layers=2,
        optimiser="adamw",
        weight_decay=0.1,
        clip_norm=0.5,
    ),
}


@pytest.mark.parametrize("name", WHOLE_STEPS)
def test_whole_training_steps_are_theirs_at_one_shard(name: str) -> None:
    config = replace(WHOLE_STEPS[name], dtype="float64", shards=1, lr=0.01)
    data, state = striped_set(config), initial_state(config)
    params = {key: tensor(w) for key, w in state.params.items()}
    network, optimiser = TheirNetwork(config, params), their_optimiser(config, [*params.values()])
    # A bias before BatchNorm has gradient 0 but for rounding, and Adam divides that by itself.
    blocks = [block for block in build(config).blocks if isinstance(block.norm, BatchNorm2d)]
    shifted_away = {f"{block.name}.b" for block in blocks}
    for step in range(4):
        batch = data.batch(step)
        logits = network(torch.from_numpy(batch.x_NCHW.astype(np.float64)))
        frames = torch.full((len(batch.ids),), logits.shape[1])
        loss = F.ctc_loss(
            F.log_softmax(logits, 2).transpose(0, 1),
            torch.from_numpy(np.concatenate(batch.labels)),
            *(frames, torch.tensor([len(label) for label in batch.labels])),
            reduction="none",
        ).mean()
        optimiser.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(list(params.values()), config.clip_norm)
        optimiser.param_groups[0]["lr"] = factor(config, step) * config.lr
        optimiser.step()
        after = advance(config, data, state)
        assert after.report.loss_nats == pytest.approx(loss.item(), rel=TOLERANCE)
        assert after.report.grad_norm == pytest.approx(norm.item(), rel=TOLERANCE)
        state = after.state
        for key, w in state.params.items():
            at_most = 10 * TOLERANCE if key in shifted_away else TOLERANCE
            close(w, params[key], f"{key} after step {step}", at_most)
    for key in network.mean:
        close(state.statistics[f"{key}.mean"], network.mean[key], f"{key}.mean")
        close(state.statistics[f"{key}.var"], network.var[key], f"{key}.var")
