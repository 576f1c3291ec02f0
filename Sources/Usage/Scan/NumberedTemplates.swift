// Templates of resolutions laid out for filling.
//
// A `ResolutionTemplate` says in words what calls need. Calls are many and templates few, so what is the same for all calls
// of one is turned into numbers of a table once, and what is left, the texts with names in them, into pieces. All of them
// stand side by side in a few pieces of memory and find each other by number; so filling a template copies bytes and
// numbers, and counts no references.
//
//     text    arn:aws:s3:::⟨label 1⟩/logs/⟨label 0⟩
//     pieces  `arn:aws:s3:::` and label 1, `/logs/` and label 0

import IAM
import JSONStream

/// Templates by the numbers of what they need in one table; each has a number, from 0.
struct NumberedTemplates: Sendable {
  /// Some letters, and the name behind them.
  private struct Piece: Sendable {
    /// Where the letters begin and end.
    let start: UInt32
    let end: UInt32
    /// The name's label, or ``none``.
    let label: UInt32

    static let none = UInt32.max
  }

  /// The pieces of a text.
  private typealias Text = Range<UInt32>

  /// A text of a requirement that has names in it.
  private struct OpenText: Sendable {
    let text: Text
    /// Which requirement it is of.
    let need: Int
    let part: ResolutionTemplate.Part
  }

  /// A pair of a context: the numbers of texts, or the pieces of those with names in them.
  private struct Pair: Sendable {
    var key = TextTable.none
    var value = TextTable.none
    var openKey: Text?
    var openValue: Text?
  }

  /// A context with names in it.
  private struct OpenContext: Sendable {
    /// Which requirement it is of; `nil` for what was observed.
    let need: Int?
    let pairs: Range<Int>
  }

  /// A fact that calls teach: its texts, and a number for the sort of fact.
  private struct Lesson: Sendable {
    let sort: UInt64
    let first: Text
    let second: Text?
  }

  private struct Template: Sendable {
    let needs: Range<Int>
    let texts: Range<Int>
    let contexts: Range<Int>
    let lessons: Range<Int>
    /// The number of the observed context, unless that has names in it.
    let observed: UInt32
  }

  private var templates: [Template] = []
  private var needs: [UseTable.Need] = []
  private var texts: [OpenText] = []
  private var contexts: [OpenContext] = []
  private var pairs: [Pair] = []
  private var lessons: [Lesson] = []
  private var pieces: [Piece] = []
  private var letters: [UInt8] = []

  /// Creates no templates.
  init() {}

  /// Adds a template.
  ///
  /// - Parameters:
  ///   - template: The template.
  ///   - table: The table that the numbers are of.
  /// - Returns: The number of the template.
  mutating func append(_ template: ResolutionTemplate, _ table: inout UseTable) -> Int {
    let first = (needs.count, texts.count, contexts.count, lessons.count)
    for (number, need) in template.needs.enumerated() {
      let requirement = need.requirement
      needs.append(
        UseTable.Need(
          action: table.number(requirement.action),
          resource: append(need.resource, of: number, .resource, &table),
          context: append(need.context, requirement.context, of: number, &table),
          rule: table.number(requirement.rule),
          reason: need.unresolvedReason.map { append($0, of: number, .reason, &table) } ?? TextTable.none))
    }
    let observed = append(template.observed, template.resolution.observedContext, of: nil, &table)
    for lesson in template.lessons {
      let (sort, first, second) = lesson.texts
      lessons.append(Lesson(sort: sort, first: add(first), second: second.map { add($0) }))
    }
    templates.append(
      Template(
        needs: first.0..<needs.count, texts: first.1..<texts.count, contexts: first.2..<contexts.count,
        lessons: first.3..<lessons.count, observed: observed))
    return templates.count - 1
  }

  /// Adds a text of a requirement, and gives its number, if it has one without names.
  private mutating func append(
    _ text: ResolutionTemplate.Text, of need: Int, _ part: ResolutionTemplate.Part, _ table: inout UseTable
  ) -> UInt32 {
    if text.isFixed { return table.number(text.letters.span) }
    texts.append(OpenText(text: add(text), need: need, part: part))
    return TextTable.none
  }

  /// Adds a context, and gives its number, if it has one without names.
  private mutating func append(
    _ context: [ResolutionTemplate.Pair], _ fixed: [ContextPair], of need: Int?, _ table: inout UseTable
  ) -> UInt32 {
    if context.allSatisfy(\.isFixed) { return table.number(of: fixed) }
    let first = pairs.count
    for pair in context {
      var numbered = Pair()
      if pair.key.isFixed {
        numbered.key = table.number(pair.key.letters.span)
      } else {
        numbered.openKey = add(pair.key)
      }
      if pair.value.isFixed {
        numbered.value = table.number(pair.value.letters.span)
      } else {
        numbered.openValue = add(pair.value)
      }
      pairs.append(numbered)
    }
    contexts.append(OpenContext(need: need, pairs: first..<pairs.count))
    return 0
  }

  private mutating func add(_ text: ResolutionTemplate.Text) -> Text {
    let (first, base) = (UInt32(pieces.count), letters.count)
    letters += text.letters
    var start = base
    for place in text.places {
      let end = base + place.offset
      pieces.append(Piece(start: UInt32(start), end: UInt32(end), label: UInt32(place.label)))
      start = end
    }
    pieces.append(Piece(start: UInt32(start), end: UInt32(letters.count), label: Piece.none))
    return first..<UInt32(pieces.count)
  }

  /// What a call needs.
  ///
  /// - Parameters:
  ///   - number: The number of the template.
  ///   - labels: The call, taken apart, with as many labels as the template has.
  ///   - table: The table that the numbers are of.
  ///   - found: What the call needs is appended here.
  /// - Returns: The number of the observed context.
  func fill(
    _ number: Int, _ labels: NameLabels, _ table: inout UseTable, _ found: inout [UseTable.Need]
  ) -> UInt32 {
    let template = templates[number]
    let pieces = pieces.span
    let letters = letters.span
    let known = labels.known.span
    let names = labels.letters.span
    let first = found.count
    for place in template.needs { found.append(needs[place]) }
    for place in template.texts {
      let open = texts[place]
      let number = Self.withFilled(open.text, pieces, letters, known, names) { table.number($0) }
      switch open.part {
      case .resource: found[first + open.need].resource = number
      case .reason: found[first + open.need].reason = number
      }
    }
    var observed = template.observed
    for place in template.contexts {
      let context = contexts[place]
      let pairs = pairs.span.extracting(context.pairs)
      let number = table.number(ofPairs: pairs.count) { place, texts in
        let pair = pairs[place]
        var numbers = (key: pair.key, value: pair.value)
        if let key = pair.openKey {
          numbers.key = Self.withFilled(key, pieces, letters, known, names) { texts.number($0) }
        }
        if let value = pair.openValue {
          numbers.value = Self.withFilled(value, pieces, letters, known, names) { texts.number($0) }
        }
        return numbers
      }
      if let need = context.need { found[first + need].context = number } else { observed = number }
    }
    return observed
  }

  /// The digests of the facts that a call teaches, in the order of the template's lessons.
  ///
  /// - Parameters:
  ///   - number: The number of the template.
  ///   - labels: The call, taken apart, with as many labels as the template has.
  ///   - visit: What is done with each.
  func forEachLesson(_ number: Int, _ labels: NameLabels, _ visit: (JSONDigest) -> Void) {
    let pieces = pieces.span
    let letters = letters.span
    let known = labels.known.span
    let names = labels.letters.span
    for place in templates[number].lessons {
      let lesson = lessons[place]
      var digest = Self.withFilled(lesson.first, pieces, letters, known, names) { JSONDigest($0) }
      if let second = lesson.second {
        digest = digest.following(
          Self.withFilled(second, pieces, letters, known, names) { JSONDigest($0) })
      }
      visit(digest.tagged(lesson.sort))
    }
  }

  /// Lets something look at a text with names in it.
  ///
  /// It is given what it looks at: closures that look at the templates would count the references to all their memory.
  @inline(__always)
  private static func withFilled<Result>(
    _ text: Text, _ pieces: Span<Piece>, _ letters: Span<UInt8>, _ labels: Span<NameLabels.Label>,
    _ names: Span<UInt8>, _ look: (Span<UInt8>) -> Result
  ) -> Result {
    var count = 0
    for place in text {
      let piece = pieces[Int(place)]
      count &+= Int(piece.end &- piece.start)
      if piece.label != Piece.none { count &+= Int(labels[Int(piece.label)].count) }
    }
    return unsafe withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { room in
      var end = 0
      for place in text {
        let piece = pieces[Int(place)]
        unsafe copy(letters, Int(piece.start), Int(piece.end &- piece.start), room, &end)
        if piece.label != Piece.none {
          let label = labels[Int(piece.label)]
          unsafe copy(names, Int(label.start), Int(label.count), room, &end)
        }
      }
      return unsafe look(UnsafeRawBufferPointer(room).bindMemory(to: UInt8.self).span)
    }
  }

  /// Copies some bytes behind others, where there is room for them.
  @inline(__always)
  private static func copy(
    _ bytes: Span<UInt8>, _ start: Int, _ count: Int, _ room: UnsafeMutableRawBufferPointer, _ end: inout Int
  ) {
    unsafe bytes.withUnsafeBytes { bytes in
      // Room for no bytes may have no address. Pieces and labels stand where they say.
      guard let target = room.baseAddress, let source = bytes.baseAddress else { return }
      unsafe (target + end).copyMemory(from: source + start, byteCount: count)
    }
    end &+= count
  }
}
