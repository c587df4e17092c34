"""The folder to write into: a file in its way is a usage error, not a traceback."""

from pathlib import Path

import pytest

from douse.__main__ import main


@pytest.mark.parametrize("verb", ["check", "plan"])
@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_file_in_the_way_of_the_output_is_refused(
    verb: str, below: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_the_way = tmp_path / "out"
    in_the_way.write_text("kept", encoding="utf-8")
    with pytest.raises(SystemExit) as refused:
        main([verb, str(tmp_path), "--out", str(in_the_way / below)])
    assert refused.value.code == 2
    assert "a file is in the way" in capsys.readouterr().err
    assert in_the_way.read_text(encoding="utf-8") == "kept"
