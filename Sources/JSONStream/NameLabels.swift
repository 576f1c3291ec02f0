// Text with the names in it taken out: what is left when it does not matter how things are called.
//
// Most events of a trail differ from earlier ones by nothing but names: ids, hashes, accounts, what users called their
// buckets. `arn:aws:kms:eu-west-1:111122223333:key/1234abcd-…` is a key's ARN whatever the key's id. So a text is taken
// apart into *labels*, the runs of letters and digits that may be names, and the *skeleton* around them:
//
//     text       arn:aws:s3:::logs-2b7e15/2b7e15
//     labels     logs-2b7e15, 2b7e15
//     skeleton   arn:aws:s3:::⟨label 0⟩/⟨label 1⟩
//
// The skeleton says of every label of which sorts of characters it is, how long it is (roughly, where it has hyphens), and
// to which others it is equal. Whatever is decided by looking at other characters, at lengths, at sorts of characters, and
// at whether whole labels are equal, is decided alike for all texts with one skeleton. Invariant NAMES-ARE-OPAQUE: a run
// is a label or not by its own letters alone, never by where it stands; so two runs that are equal are both labels, or
// neither is.
//
// A run is of letters and digits and of single hyphens between them. It is a label if it has a digit and at least four
// characters, and means nothing to whoever looks: no word of a `LabelVocabulary` is in it. Of `vol-0a1b2c3d` the
// beginning tells what it names and stays in the skeleton. Texts that would have to be decoded first (escapes, percent
// signs, control characters) are not taken apart (`isWhole`).
//
// A C kernel finds the runs with digits of a whole value, and what would have to be decoded (`CScan`); few runs have any, so
// that nearly all of a text is copied without being looked at a second time.

import CScan

/// What the bytes of texts are, a number for each byte, so that a run of bytes is known by the numbers of its bytes ORed.
///
/// Letters have a bit each, the same for large and small ones.
private enum Sorts {
  static let letters: UInt32 = 0x03FF_FFFF
  /// The letter `e`.
  static let exponent: UInt32 = 1 << 4
  /// What the skeleton says of a label begins here: digits 1, large letters 2, small letters 4, hyphens 8.
  static let shift: UInt32 = 28
  static let digit: UInt32 = 1 << 28
  static let hyphen: UInt32 = 8 << 28

  // Made once and never freed, so that loops read it as they read the text.
  nonisolated(unsafe) static let table: UnsafePointer<UInt32> = {
    let table = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)
    for byte in UInt8.min...UInt8.max { unsafe table[Int(byte)] = sort(byte) }
    return unsafe UnsafePointer(table)
  }()

  static func sort(_ byte: UInt8) -> UInt32 {
    switch byte {
    case UInt8(ascii: "-"): hyphen
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): 2 << shift | 1 << UInt32(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): 4 << shift | 1 << UInt32(byte - UInt8(ascii: "a"))
    default: 0
    }
  }

  /// The sorts of all bytes of a range, given ``table``, which is asked for once.
  @inline(__always)
  static func all(
    of text: UnsafeRawBufferPointer, _ range: Range<Int>, _ table: UnsafePointer<UInt32>
  ) -> UInt32 {
    var sorts: UInt32 = 0
    for place in range { unsafe sorts |= table[Int(text[place])] }
    return sorts
  }

  /// The letters of a word.
  static func letters(of word: [UInt8]) -> UInt32 { word.reduce(0) { $0 | sort($1) } & letters }
}

/// A set of hashes, 0 not among them.
private struct HashSet: Sendable {
  /// The hashes, 0 where there is none, at places that follow from the hash.
  private var places = [UInt64](repeating: 0, count: 256)
  /// A bit for each hash, many of which may share one: few enough to stay close at hand.
  private var bits = [UInt64](repeating: 0, count: 256)
  private var count = 0

  private func place(_ hash: UInt64) -> Int {
    let mask = places.count - 1
    var place = Int(truncatingIfNeeded: hash >> 20) & mask
    while places[place] != 0, places[place] != hash { place = (place + 1) & mask }
    return place
  }

  func contains(_ hash: UInt64) -> Bool {
    bits[Int(hash >> 7 & 255)] & (1 << (hash >> 1 & 63)) != 0 && places[place(hash)] == hash
  }

  mutating func insert(_ hash: UInt64) {
    let place = place(hash)
    guard places[place] == 0 else { return }
    places[place] = hash
    bits[Int(hash >> 7 & 255)] |= 1 << (hash >> 1 & 63)
    count += 1
    guard count * 4 > places.count else { return }
    let old = places
    places = [UInt64](repeating: 0, count: 2 * old.count)
    for hash in old where hash != 0 { places[self.place(hash)] = hash }
  }
}

/// Words that are no names although they look like some.
@safe package struct LabelVocabulary: Sendable {
  /// Hashes of words in small letters.
  private var words = HashSet()
  /// The lengths of the words, a bit each; the last for all that are longer.
  private var lengths: UInt64 = 0
  /// Pieces of words in small letters, with the letters in each: what has one of them in it is no name.
  private let stems: [(text: [UInt8], letters: UInt32)]
  /// Beginnings of words in small letters: what begins with one of them is no name.
  private let beginnings: [[UInt8]]
  /// The letters with which these begin; all bits where one begins with none.
  private let firstLetters: UInt32
  /// Hashes of what stands before the first hyphen of names and tells what they name.
  private var prefixes = HashSet()
  // A table that is never freed.
  private nonisolated(unsafe) let sorts = unsafe Sorts.table

  /// Creates a vocabulary without words.
  ///
  /// - Parameters:
  ///   - stems: Pieces of words; what has one of them in it, ASCII case aside, is no name.
  ///   - beginnings: What begins with one of them, ASCII case aside, is no name.
  package init(stems: [String], beginnings: [String]) {
    self.stems = stems.map { stem in
      let text = Array(stem.lowercased().utf8)
      return (text, Sorts.letters(of: text))
    }
    self.beginnings = beginnings.map { Array($0.lowercased().utf8) }
    firstLetters = self.beginnings.reduce(0) { letters, beginning in
      let first = Sorts.letters(of: Array(beginning.prefix(1)))
      return letters | (first == 0 ? UInt32.max : first)
    }
  }

  /// Adds the words of a text: its runs of letters, digits and hyphens, whole and in parts.
  ///
  /// - Parameter text: The text.
  package mutating func add(_ text: UnsafeRawBufferPointer) {
    // Only what has a digit may be taken for a name.
    unsafe NameLabels.forEachRun(in: text, shortest: 1, .fastest) { run in
      unsafe add(text, run)
      var part = run.lowerBound
      for place in run where unsafe text[place] == UInt8(ascii: "-") {
        unsafe add(text, part..<place)
        part = place + 1
      }
      unsafe add(text, part..<run.upperBound)
    }
  }

  private mutating func add(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) {
    unsafe words.insert(LabelVocabulary.hash(text, range))
    lengths |= LabelVocabulary.bit(range.count)
  }

  /// Adds what may stand before the first hyphen of a name and stays in the skeleton.
  ///
  /// - Parameter prefix: Letters, such as `vol`.
  package mutating func add(prefix: String) {
    unsafe prefix.utf8.span.withUnsafeBytes { bytes in
      unsafe prefixes.insert(LabelVocabulary.hash(bytes, 0..<bytes.count))
    }
  }

  private static func bit(_ length: Int) -> UInt64 { 1 << UInt64(min(length, 63)) }

  /// Whether a run that has a digit is no name.
  ///
  /// - Parameters:
  ///   - text: A buffer.
  ///   - run: A run in it.
  /// - Returns: Whether it is.
  @inline(never)
  private func contains(_ text: UnsafeRawBufferPointer, _ run: NameLabels.Run) -> Bool {
    let range = run.range
    if lengths & LabelVocabulary.bit(range.count) != 0,
      words.contains(unsafe LabelVocabulary.hash(text, range))
    {
      return true
    }
    if unsafe firstLetters & sorts[Int(text[range.lowerBound])] & Sorts.letters != 0
      || firstLetters == .max
    {
      for beginning in beginnings
      where unsafe LabelVocabulary.holds(beginning, text, range, at: range.lowerBound) {
        return true
      }
    }
    // Few runs have all the letters of a stem. Stems are looked at where they stand: a copy would be counted.
    for stem in stems.indices where stems[stem].letters & ~run.sorts == 0 {
      if unsafe LabelVocabulary.has(stems[stem].text, text, range) { return true }
    }
    return false
  }

  /// Takes what stays in the skeleton off a run.
  ///
  /// - Parameters:
  ///   - run: The run; then the label in it.
  ///   - text: The text.
  /// - Returns: Whether there is a label in it.
  @inline(__always)
  func isLabel(_ run: inout NameLabels.Run, _ text: UnsafeRawBufferPointer) -> Bool {
    while true {
      guard run.range.count >= NameLabels.shortest, run.hasDigit else { return false }
      if run.characters == 1 { return true }
      // Nobody gives a meaning to universally unique ids (RFC 9562, section 4).
      if unsafe LabelVocabulary.isUUID(run, text) { return true }
      if unsafe contains(text, run) { return false }
      guard run.hasHyphen, unsafe hasPrefix(text, run.range.lowerBound..<run.firstHyphen) else {
        return true
      }
      run = unsafe NameLabels.Run(text, run.firstHyphen + 1..<run.range.upperBound, sorts)
    }
  }

  /// Whether a run is of hexadecimal digits and of hyphens where those of universally unique ids stand.
  @inline(__always)
  static func isUUID(_ run: NameLabels.Run, _ text: UnsafeRawBufferPointer) -> Bool {
    let start = run.range.lowerBound
    guard run.range.count == 36, run.firstHyphen == start + 8, run.lastPart == start + 24,
      run.sorts & Sorts.letters & ~0x3F == 0
    else { return false }
    // Between these two stand two others.
    return unsafe hyphens(text, start + 9) == 0x80 << 32 && hyphens(text, start + 15) == 0x80 << 24
  }

  /// The hyphens among eight bytes of a run: the highest bit of each.
  @inline(__always)
  private static func hyphens(_ text: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    let word = unsafe UInt64(littleEndian: text.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    // All of them are ASCII, so that no byte carries into the next one.
    return ~((word ^ UInt64(UInt8(ascii: "-")) &* ones) &+ 0x7F &* ones) & (0x80 &* ones)
  }

  /// Whether what stands before the first hyphen of a run tells what it names.
  private func hasPrefix(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    unsafe prefixes.contains(LabelVocabulary.hash(text, range))
  }

  /// Whether a word stands anywhere in a run.
  ///
  /// Eight places at a time, as far as the text goes: few of them have both the first and the last letter of the word.
  private static func has(_ word: [UInt8], _ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    guard let first = word.first, let last = word.last else { return true }
    let (firsts, lasts) = (ones &* UInt64(first | 0x20), ones &* UInt64(last | 0x20))
    var start = range.lowerBound
    while start &+ word.count <= range.upperBound {
      if start &+ word.count &+ 7 <= text.count {
        let end = start &+ word.count &- 1
        let others = unsafe (letters(text, start) ^ firsts) | (letters(text, end) ^ lasts)
        // The highest bit of the first byte that is zero is set in this, and none where no byte is.
        if (others &- ones) & ~others & (0x80 &* ones) == 0 {
          start = start &+ 8
          continue
        }
      }
      if unsafe holds(word, text, range, at: start) { return true }
      start = start &+ 1
    }
    return false
  }

  private static func holds(
    _ word: [UInt8], _ text: UnsafeRawBufferPointer, _ range: Range<Int>, at start: Int
  ) -> Bool {
    guard start + word.count <= range.upperBound else { return false }
    for place in 0..<word.count where unsafe NameLabels.small(text[start + place]) != word[place] {
      return false
    }
    return true
  }

  private static var ones: UInt64 { 0x0101_0101_0101_0101 }

  /// Eight bytes of a run in small letters, the first one as the lowest.
  ///
  /// Bytes of runs are in small letters once the bit 0x20 is set, which digits and hyphens have anyway.
  @inline(__always)
  private static func letters(_ text: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    unsafe UInt64(littleEndian: text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) | 0x20 &* ones
  }

  /// The hash of a run in small letters, which is 0 for none; a hash that two runs share makes one more of them no name,
  /// no more than that.
  @inline(__always)
  private static func hash(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> UInt64 {
    var hash = UInt64(truncatingIfNeeded: range.count) &* 0x9E37_79B9_7F4A_7C15
    if range.count >= 8 {
      var place = range.lowerBound
      let last = range.upperBound &- 8
      while place < last {
        hash = JSONDigest.mix(hash, unsafe letters(text, place))
        place = place &+ 8
      }
      return JSONDigest.mix(hash, unsafe letters(text, last)) | 1
    }
    var rest: UInt64 = 0
    for place in range { rest = unsafe rest << 8 | UInt64(text[place] | 0x20) }
    return JSONDigest.mix(hash, rest) | 1
  }
}

/// The labels of texts, and the digest of the skeleton that is left; reusable without allocation.
package struct NameLabels: Sendable {
  /// One label.
  package struct Label: Sendable, BitwiseCopyable {
    /// Where its letters begin.
    package fileprivate(set) var start: UInt32 = 0
    /// How many it has.
    package fileprivate(set) var count: UInt16 = 0
    /// What the skeleton says of it beside its number.
    fileprivate var form: UInt16 = 0
    var digest = JSONDigest.empty
  }

  /// What texts were taken apart into, but for the labels themselves.
  fileprivate struct State: Sendable, BitwiseCopyable {
    /// The digest of the skeleton.
    var digest = JSONDigest.empty
    /// How many bytes the texts have, with one more for each.
    var size = 0
    var letterCount = 0
    var labelCount = 0
    var isWhole = true
  }

  /// Words that are no names, and how these are found: an object, so that looking at them counts one reference.
  @safe private final class Rules: Sendable {
    let vocabulary: LabelVocabulary
    let kernel: StringIndex.Kernel
    // A table that is never freed.
    nonisolated(unsafe) let sorts = unsafe Sorts.table

    init(_ vocabulary: LabelVocabulary, _ kernel: StringIndex.Kernel) {
      self.vocabulary = vocabulary
      self.kernel = kernel
    }
  }

  /// A label has at least as many characters.
  static let shortest = 4
  /// Texts with more labels, or longer ones, are not taken apart: they seldom come again with other names.
  private static let mostLabels = 128
  /// Lengths are written into single bytes, and so are the numbers of labels.
  private static let longestLabel = 255
  private static let longestTexts = 1 << 14

  private let rules: Rules
  private var state = State()
  /// Memory for what may be names in a text.
  private var names: [whittle_scan_name] = []
  /// Memory for the letters of labels, each of which says where its letters stand.
  package private(set) var letters: [UInt8]
  /// Memory for the distinct labels in the order in which they were met first; ``count`` tells how many there are.
  package private(set) var known: [Label]

  /// Creates a skeleton of no text.
  ///
  /// - Parameter vocabulary: Words that are no names.
  package init(_ vocabulary: LabelVocabulary) { self.init(vocabulary, kernel: .fastest) }

  /// Creates a skeleton of no text whose way to look at texts is chosen.
  ///
  /// - Parameters:
  ///   - vocabulary: Words that are no names.
  ///   - kernel: Which kernel looks for names.
  init(_ vocabulary: LabelVocabulary, kernel: StringIndex.Kernel) {
    rules = Rules(vocabulary, kernel)
    letters = [UInt8](repeating: 0, count: NameLabels.mostLabels * NameLabels.longestLabel)
    known = [Label](repeating: Label(), count: NameLabels.mostLabels)
  }

  /// Whether all texts could be taken apart; the skeleton says nothing otherwise.
  package var isWhole: Bool { state.isWhole }

  /// The digest of the skeleton so far.
  package var digest: JSONDigest { state.digest }

  /// Forgets all texts.
  package mutating func reset() { state = State() }

  /// What texts were taken apart into, to go on from there with others; each has a number, from 0.
  ///
  /// They stand side by side in one piece of memory: going on from one copies bytes and counts no references.
  package struct Beginnings: Sendable {
    fileprivate struct Beginning: Sendable, BitwiseCopyable {
      let state: State
      /// Where its letters and labels begin.
      let firstLetter: Int
      let firstLabel: Int
    }

    fileprivate var all: [Beginning] = []
    fileprivate var letters: [UInt8] = []
    fileprivate var labels: [Label] = []

    /// Creates no beginnings.
    package init() {}

    /// How many there are.
    package var count: Int { all.count }

    /// Adds what texts were taken apart into so far.
    ///
    /// - Parameter labels: The texts.
    package mutating func append(_ labels: NameLabels) {
      all.append(
        Beginning(state: labels.state, firstLetter: letters.count, firstLabel: self.labels.count))
      letters += labels.allLetters
      self.labels += labels.labels
    }

    /// Removes all of them.
    package mutating func removeAll() {
      all.removeAll(keepingCapacity: true)
      letters.removeAll(keepingCapacity: true)
      labels.removeAll(keepingCapacity: true)
    }
  }

  /// Forgets all texts, and takes those of a beginning as if they were taken apart now.
  ///
  /// - Parameters:
  ///   - beginnings: Beginnings, which must come from labels of the same vocabulary.
  ///   - number: The number of one of them.
  package mutating func restart(from beginnings: Beginnings, _ number: Int) {
    let beginning = beginnings.all[number]
    state = beginning.state
    let first = (beginning.firstLetter, beginning.firstLabel)
    NameLabels.copy(beginnings.letters, first.0..<first.0 + state.letterCount, to: &letters)
    NameLabels.copy(beginnings.labels, first.1..<first.1 + state.labelCount, to: &known)
  }

  /// Writes elements over the first ones of memory that has room for them.
  @inline(__always)
  private static func copy<Element: BitwiseCopyable>(
    _ elements: [Element], _ range: Range<Int>, to memory: inout [Element]
  ) {
    // Nothing is taken apart into more than there is memory for.
    unsafe memory.withUnsafeMutableBufferPointer { memory in
      unsafe elements.withUnsafeBufferPointer { elements in
        guard let target = memory.baseAddress, let source = elements.baseAddress else { return }
        unsafe target.update(from: source + range.lowerBound, count: range.count)
      }
    }
  }

  /// Notes that something could not be taken apart.
  package mutating func giveUp() { state.isWhole = false }

  @inline(__always)
  static func small(_ byte: UInt8) -> UInt8 { byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte }

  /// Calls a function with each run that has a digit.
  ///
  /// - Parameters:
  ///   - text: A text.
  ///   - shortest: How many characters the runs have at least.
  ///   - kernel: Which kernel looks for them.
  ///   - body: The function.
  static func forEachRun(
    in text: UnsafeRawBufferPointer, shortest: Int, _ kernel: StringIndex.Kernel, _ body: (Range<Int>) -> Void
  ) {
    // The kernel writes no more than there is room for, and ends what it writes with something beyond any text.
    unsafe withUnsafeTemporaryAllocation(of: whittle_scan_name.self, capacity: text.count + 1) { names in
      guard var name = names.baseAddress else { return }
      unsafe kernel.findNames(in: text, 0..<text.count, shortest: shortest, into: name)
      while unsafe name.pointee.start < text.count {
        let run = unsafe Int(name.pointee.start)..<Int(name.pointee.end)
        if !run.isEmpty { body(run) }
        unsafe name += 1
      }
    }
  }

  /// A run of letters and digits, and of single hyphens between them.
  struct Run {
    /// Where it stands.
    var range: Range<Int>
    /// The sorts of its bytes.
    let sorts: UInt32
    /// Where the first hyphen stands, or the end.
    var firstHyphen: Int
    /// Where what is behind the last hyphen begins.
    var lastPart: Int

    var hasDigit: Bool { sorts & Sorts.digit != 0 }
    var hasHyphen: Bool { sorts & Sorts.hyphen != 0 }
    /// The sorts of its characters: digits 1, large letters 2, small letters 4, hyphens 8.
    var characters: UInt8 { UInt8(truncatingIfNeeded: sorts >> Sorts.shift) }

    /// Reads the run that a range is, given ``Sorts/table``.
    @inline(__always)
    init(_ text: UnsafeRawBufferPointer, _ range: Range<Int>, _ table: UnsafePointer<UInt32>) {
      self.range = range
      sorts = unsafe Sorts.all(of: text, range, table)
      firstHyphen = range.upperBound
      lastPart = range.lowerBound
      guard sorts & Sorts.hyphen != 0 else { return }
      // There is one to be found from either end.
      let hyphen = UInt8(ascii: "-")
      firstHyphen = range.lowerBound
      while unsafe text[firstHyphen] != hyphen { firstHyphen = firstHyphen &+ 1 }
      lastPart = range.upperBound
      while unsafe text[lastPart &- 1] != hyphen { lastPart = lastPart &- 1 }
    }

    /// What the skeleton says of its length: all of it without hyphens; with them whether a region may be as long, and
    /// whether it ends as names of secrets do, with six characters of the service's choice.
    @inline(__always) private var length: UInt8 {
      if !hasHyphen { return UInt8(truncatingIfNeeded: range.count) }
      return (range.count > 32 ? 1 : 0) | (range.upperBound - lastPart == 6 ? 2 : 0)
    }

    /// What the skeleton says of it beside its number.
    @inline(__always) var form: UInt16 { UInt16(characters) << 8 | UInt16(length) }
  }

  // MARK: Taking texts apart

  // The skeleton is a row of texts and of marks between them; nobody needs more of it than its digest, which is made as
  // the texts are looked at. Behind each text stands a mark, so texts cannot run into each other.
  private static let label: UInt32 = 1
  private static let end: UInt32 = 2
  private static let absent: UInt32 = 3

  /// Adds a text that may be absent, and its end.
  ///
  /// - Parameter text: The text.
  package mutating func append(_ text: String?) {
    guard let text else {
      guard state.size < NameLabels.longestTexts else { return giveUp() }
      state.size += 1
      state.digest = state.digest.tagged(UInt64(NameLabels.absent))
      return
    }
    unsafe text.utf8.span.withUnsafeBytes { bytes in
      unsafe take(bytes, 0..<bytes.count) { passage, rules in passage.mark(until: bytes.count, rules) }
    }
  }

  /// Adds a value as it stands in JSON, and its end; the names of members are kept as they are.
  ///
  /// - Parameters:
  ///   - index: The index of the value.
  ///   - nodes: The nodes of a tape.
  ///   - text: The text of the tape.
  package mutating func append(
    _ index: Int, _ nodes: UnsafeBufferPointer<JSONTape.Node>, _ text: UnsafeRawBufferPointer
  ) {
    unsafe take(text, nodes[index].range) { passage, rules in unsafe passage.mark(index, nodes, rules) }
  }

  /// Adds a part of a text to the skeleton.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - range: Where the part stands in it.
  ///   - mark: Puts marks in place of labels; what stands behind the last one is added for it.
  @inline(__always)
  private mutating func take(
    _ text: UnsafeRawBufferPointer, _ range: Range<Int>, _ mark: (inout Passage, Rules) -> Void
  ) {
    guard isWhole, range.count < NameLabels.longestTexts - state.size else { return giveUp() }
    state.size += range.count + 1
    if names.count <= range.count {
      names = Array(repeating: whittle_scan_name(), count: max(range.count + 1, 2 * names.count))
    }
    // What is changed meanwhile is taken out of the value.
    let (rules, before) = (self.rules, state)
    state = unsafe names.withUnsafeMutableBufferPointer { names in
      unsafe letters.withUnsafeMutableBytes { letters in
        unsafe known.withUnsafeMutableBufferPointer { known in
          guard let names = names.baseAddress, let letters = letters.baseAddress,
            let known = known.baseAddress
          else { return before }
          unsafe rules.kernel.findNames(in: text, range, shortest: NameLabels.shortest, into: names)
          var passage = unsafe Passage(
            text: text, names: names, taken: range.lowerBound, state: before, letters: letters,
            known: known)
          mark(&passage, rules)
          if passage.state.isWhole { passage.mark(NameLabels.end, at: range.upperBound) }
          return passage.state
        }
      }
    }
  }

  /// A part of a text that is being taken apart, good for one call.
  @safe private struct Passage {
    let text: UnsafeRawBufferPointer
    /// What may be names, and closed bytes, from the next one on; the last is beyond any text.
    var names: UnsafePointer<whittle_scan_name>
    /// Up to where the text is in the skeleton.
    var taken: Int
    var state: State
    /// The memory of letters and labels.
    let letters: UnsafeMutableRawPointer
    let known: UnsafeMutablePointer<Label>

    /// Where the next of these stands.
    @inline(__always) private var place: Int { unsafe Int(names.pointee.start) }

    /// The range of the next of these, which is passed; it is empty for a closed byte.
    @inline(__always)
    private mutating func next() -> Range<Int> {
      let name = unsafe names.pointee
      unsafe names += 1
      return Int(name.start)..<Int(name.end)
    }

    /// Adds what is not yet in the skeleton, up to an offset, and a mark behind it.
    @inline(__always)
    mutating func mark(_ mark: UInt32, at offset: Int) {
      let passed = unsafe JSONDigest(text, Range(uncheckedBounds: (taken, offset)))
      state.digest = passed.following(state.digest).tagged(UInt64(mark))
    }

    /// Puts marks in place of the labels in the strings and numbers of a value.
    mutating func mark(_ index: Int, _ nodes: UnsafeBufferPointer<JSONTape.Node>, _ rules: Rules) {
      // All offsets come from the tape, which has checked them against the text.
      let value = unsafe nodes[index]
      for place in index..<value.next {
        let node = unsafe nodes[place]
        if node.isOpaque || node.hasEscapes { return giveUp() }
        let isNumber = node.kind == .number
        // The digits of an exponent are no name.
        if isNumber, unsafe Sorts.all(of: text, node.range, rules.sorts) & Sorts.exponent != 0 {
          return giveUp()
        }
        // Little of a value may be a name.
        guard self.place < node.end else { continue }
        guard isNumber || node.isString && !isName(node, before: value.end) else { continue }
        while self.place < node.start { unsafe names += 1 }
        mark(until: node.end, rules)
        guard state.isWhole else { return }
      }
    }

    private mutating func giveUp() { state.isWhole = false }

    /// Whether a string is the name of a member: a colon stands behind it.
    @inline(__always)
    private func isName(_ node: JSONTape.Node, before end: Int) -> Bool {
      var place = node.end
      while place < end, unsafe text[place].isJSONWhitespace { place &+= 1 }
      guard place < end else { return false }
      return unsafe text[place] == UInt8(ascii: ":")
    }

    /// Puts marks in place of the labels before an offset where no run goes on.
    @inline(never)
    mutating func mark(until end: Int, _ rules: Rules) {
      while place < end {
        let range = next()
        if range.isEmpty { return giveUp() }
        // Most labels were met before: what is one is a label wherever it stands.
        var label = (range: range, digest: unsafe JSONDigest(text, range))
        var number = number(label.digest, range.count)
        if number == nil {
          var run = unsafe Run(text, range, rules.sorts)
          guard unsafe rules.vocabulary.isLabel(&run, text) else { continue }
          if run.range.count != range.count {
            label = (run.range, unsafe JSONDigest(text, run.range))
            number = self.number(label.digest, run.range.count)
          }
          if number == nil { number = add(run, label.digest) }
        }
        guard let number else { return giveUp() }
        let form = unsafe UInt32(known[number].form)
        mark(
          NameLabels.label | form << 8 | UInt32(truncatingIfNeeded: number) << 24, at: label.range.lowerBound)
        taken = label.range.upperBound
      }
    }

    /// The number of a label; `nil` where it was not met before.
    @inline(__always)
    private func number(_ digest: JSONDigest, _ count: Int) -> Int? {
      for number in 0..<state.labelCount {
        let label = unsafe known[number]
        if label.digest == digest, Int(label.count) == count { return number }
      }
      return nil
    }

    /// Adds a label; `nil` where it is too long, or one too many.
    ///
    /// - Returns: Its number.
    private mutating func add(_ run: Run, _ digest: JSONDigest) -> Int? {
      let number = state.labelCount
      guard run.range.count <= NameLabels.longestLabel, number < NameLabels.mostLabels,
        let start = unsafe text.baseAddress
      else { return nil }
      unsafe known[number] = Label(
        start: UInt32(state.letterCount), count: UInt16(run.range.count), form: run.form, digest: digest)
      // There is room for as many labels of the longest.
      unsafe (letters + state.letterCount)
        .copyMemory(from: start + run.range.lowerBound, byteCount: run.range.count)
      state.letterCount += run.range.count
      state.labelCount += 1
      return number
    }
  }

  // MARK: Labels

  /// How many distinct labels there are.
  package var count: Int { state.labelCount }

  /// The distinct labels in the order in which they were met first.
  package var labels: ArraySlice<Label> { known[..<state.labelCount] }

  /// The letters of all labels, each where ``range(_:)`` says.
  package var allLetters: ArraySlice<UInt8> { letters[..<state.letterCount] }

  /// Where the letters of a label stand among all letters.
  ///
  /// - Parameter number: The number of the label.
  /// - Returns: The range in ``allLetters``.
  package func range(_ number: Int) -> Range<Int> {
    Int(known[number].start)..<Int(known[number].start) + Int(known[number].count)
  }

  /// Finds the labels in a text.
  ///
  /// - Parameters:
  ///   - bytes: The text.
  ///   - visit: What is done with each run that is one of the labels: where it stands, and the label's number.
  package func find(in bytes: Span<UInt8>, _ visit: (_ range: Range<Int>, _ number: Int) -> Void) {
    unsafe bytes.withUnsafeBytes { text in
      unsafe NameLabels.forEachRun(in: text, shortest: NameLabels.shortest, rules.kernel) { range in
        var run = unsafe Run(text, range, rules.sorts)
        guard unsafe rules.vocabulary.isLabel(&run, text) else { return }
        let digest = unsafe JSONDigest(text, run.range)
        for number in 0..<state.labelCount
        where known[number].count == run.range.count && known[number].digest == digest {
          visit(run.range, number)
        }
      }
    }
  }

  /// Labels of the same lengths and sorts of characters, each of which is none of these.
  ///
  /// - Returns: Their letters, laid out as ``allLetters`` is; `nil` where none were found.
  package func renamed() -> [UInt8]? {
    // One number of the system's is enough for names that nobody can foretell.
    var random = NameGenerator(state: UInt64.random(in: 0...UInt64.max))
    var digests = Set(labels.map(\.digest))
    var renamed = Array(allLetters)
    for label in labels {
      let range = Int(label.start)..<Int(label.start) + Int(label.count)
      let isUUID = unsafe letters.withUnsafeBytes { text in
        unsafe LabelVocabulary.isUUID(Run(text, range, rules.sorts), text)
      }
      var isNew = false
      for _ in 0..<8 where !isNew {
        for place in range {
          renamed[place] = NameLabels.other(letters[place], isHexadecimal: isUUID, &random)
        }
        let isLabel = unsafe renamed.withUnsafeBytes { text in
          var run = unsafe Run(text, range, rules.sorts)
          return unsafe rules.vocabulary.isLabel(&run, text) && run.range == range
        }
        isNew = isLabel && digests.insert(JSONDigest(renamed.span.extracting(range))).inserted
      }
      guard isNew else { return nil }
    }
    return renamed
  }

  /// Any character of the same sort; no zero, with which numbers may not begin.
  private static func other(
    _ byte: UInt8, isHexadecimal: Bool, _ random: inout NameGenerator
  ) -> UInt8 {
    if byte == UInt8(ascii: "-") { return byte }
    if byte.isDigit { return UInt8.random(in: UInt8(ascii: "1")...UInt8(ascii: "9"), using: &random) }
    let last = isHexadecimal ? UInt8(ascii: "f") : UInt8(ascii: "z")
    let letter = UInt8.random(in: UInt8(ascii: "a")...last, using: &random)
    return byte & 0x20 == 0 ? letter & 0xDF : letter
  }
}

/// SplitMix64: numbers for the letters of names that are made up.
private struct NameGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
