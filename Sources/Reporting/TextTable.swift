// Tables for people: columns aligned by what a terminal shows, not by bytes.

/// A table of plain text with aligned columns.
struct TextTable {
  /// How a column's cells stand in it.
  enum Alignment {
    /// At the left edge.
    case left
    /// At the right edge, as numbers are read.
    case right
  }

  /// One cell: text from anywhere, made safe when the table is rendered.
  struct Cell {
    /// The text.
    let text: String
    /// How it looks.
    let style: TextStyle

    /// Creates a cell.
    ///
    /// - Parameters:
    ///   - text: The text; it may come from input.
    ///   - style: How it looks.
    init(_ text: String, _ style: TextStyle = .plain) {
      self.text = text
      self.style = style
    }
  }

  private let columns: [(title: String, alignment: Alignment)]
  private var rows: [[Cell]] = []

  /// Creates a table without rows.
  ///
  /// - Parameter columns: The titles and alignments of the columns.
  init(_ columns: (String, Alignment)...) {
    self.columns = columns.map { (title: $0.0, alignment: $0.1) }
  }

  /// Whether the table has no rows.
  var isEmpty: Bool { rows.isEmpty }

  /// Appends a row.
  ///
  /// - Parameter cells: One cell a column.
  mutating func add(_ cells: Cell...) { rows.append(cells) }

  /// Writes the table, each line behind an indentation; nothing where it has no rows.
  ///
  /// A column that is empty in every row is left out.
  ///
  /// - Parameters:
  ///   - output: Where the text goes.
  ///   - indent: The indentation in columns.
  ///   - isColored: Whether cells are coloured.
  func write(to output: inout some ByteOutput & ~Copyable, indent: Int = 2, isColored: Bool) {
    let texts = rows.map { row in row.map { terminalText($0.text) } }
    let shown = columns.indices.filter { column in texts.contains { !$0[column].isEmpty } }
    guard !rows.isEmpty, let last = shown.last else { return }
    let widths = columns.indices.map { column in
      texts.reduce(terminalWidth(columns[column].title)) { max($0, terminalWidth($1[column])) }
    }
    func line(_ cells: [(text: String, style: TextStyle)]) -> String {
      var line = String(repeating: " ", count: indent)
      let last = shown.last { !cells[$0].text.isEmpty } ?? last
      for column in shown where column <= last {
        let cell = cells[column]
        let padding = String(repeating: " ", count: widths[column] - terminalWidth(cell.text))
        let text = TextStyle.paint(cell.text, cell.style, enabled: isColored)
        if columns[column].alignment == .right {
          line += padding + text
        } else {
          line += text + (column == last ? "" : padding)
        }
        if column != last { line += "  " }
      }
      return line + "\n"
    }
    output.write(text: line(columns.map { (text: $0.title, style: .dim) }))
    for (row, texts) in zip(rows, texts) {
      output.write(text: line(zip(texts, row).map { (text: $0, style: $1.style) }))
    }
  }
}
