import pytest

from zenil_dynamics.corpora import read_count_table


def table(tmp_path, content):
    file = tmp_path / "table.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


@pytest.mark.parametrize(
    ("content", "tokens", "counts"),
    [
        ("the,10\ncat,2\n", ("the", "cat"), [10, 2]),
        ("word,occurrences\nthe,10\n\ncat, 2 \n\n", ("the", "cat"), [10, 2]),
        ("\ufefftoken,count\r\nb,1\r\na,5\r\n", ("b", "a"), [1, 5]),
        ('"a, b",3\n"say ""x""",+4\n', ("a, b", 'say "x"'), [3, 4]),
        ("count,7\n", ("count",), [7]),
    ],
)
def test_reads_rows_in_order(tmp_path, content, tokens, counts):
    vocabulary = read_count_table(table(tmp_path, content))
    assert vocabulary.tokens == tokens
    assert vocabulary.counts.tolist() == counts


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,1\nb\n", "row 2 .* has 1 field. Write it as token,count"),
        ("a,1\nb,2,3\n", "row 2 .* has 3 fields"),
        ("token,count\na,1\n\nb,-2\n", "row 4 .* has the count '-2'. A count is a whole number of at least 1"),
        ("a,0\n", "row 1 .* has the count '0'"),
        ("a,1\nb,2.5\n", "row 2 .* has the count '2.5'"),
        ("a,nan\n", "row 1 .* has the count 'nan'"),
        ("a,\n", "row 1 .* has the count ''"),
        ("a,1\nb,x\n", "row 2 .* has the count 'x'"),
        ("a,1x\n", "row 1 .* has the count '1x'"),
        ("a,1\n,2\n", "row 2 .* has an empty token"),
        ("token,count\na,1\nb,2\na,3\n", "row 4 .* repeats the token 'a' of row 2"),
        ('a,1\n"b,2\n', "row 2 .* cannot be read as CSV"),
        (f"a,{2**62}\nb,{2**62}\n", "row 2 .* takes the sum of counts beyond"),
        ("", "has no row"),
        ("token,count\n", "has no row"),
        ("\n\n", "has no row"),
        (b"caf\xe9,1\n", "is not UTF-8: byte 0xe9 at offset 3"),
    ],
)
def test_names_the_bad_row(tmp_path, content, message):
    with pytest.raises(ValueError, match=message):
        read_count_table(table(tmp_path, content))


def test_names_a_missing_file(tmp_path):
    with pytest.raises(ValueError, match="cannot read .*nowhere.csv"):
        read_count_table(tmp_path / "nowhere.csv")
