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

/// What the bytes of texts are, a number for each byte, so that a run of bytes is known by the numbers of its bytes ORed.
///
/// Letters have a bit each, the same for large and small ones.
private enum Sorts {
  static let letters: UInt32 = 0x03FF_FFFF
  /// The letter `e`.
  static let exponent: UInt32 = 1 << 4
  /// Bytes with which texts are not taken apart: control characters, percent signs, backslashes.
  static let closed: UInt32 = 1 << 26
  /// What the skeleton says of a label begins here: digits 1, large letters 2, small letters 4, hyphens 8.
  static let shift: UInt32 = 28
  static let digit: UInt32 = 1 << 28
  static let hyphen: UInt32 = 8 << 28
  /// What runs are made of but for hyphens.
  static let run: UInt32 = 7 << 28

  // Made once and never freed, so that loops read it as they read the text.
  nonisolated(unsafe) static let table: UnsafePointer<UInt32> = {
    let table = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)
    for byte in UInt8.min...UInt8.max { unsafe table[Int(byte)] = sort(byte) }
    return unsafe UnsafePointer(table)
  }()

  static func sort(_ byte: UInt8) -> UInt32 {
    switch byte {
    case 0..<0x20, UInt8(ascii: "%"), UInt8(ascii: "\\"): closed
    case UInt8(ascii: "-"): hyphen
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): 2 << shift | 1 << UInt32(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): 4 << shift | 1 << UInt32(byte - UInt8(ascii: "a"))
    default: 0
    }
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
package struct LabelVocabulary: Sendable {
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
    var start = 0
    while start < text.count {
      guard unsafe NameLabels.isLetter(text[start]) || NameLabels.isDigit(text[start]) else {
        start += 1
        continue
      }
      let run = unsafe NameLabels.Run(text, start..<text.count)
      // Only what has a digit may be taken for a name.
      if run.hasDigit {
        unsafe add(text, run.range)
        var part = run.range.lowerBound
        for place in run.range where unsafe text[place] == UInt8(ascii: "-") {
          unsafe add(text, part..<place)
          part = place + 1
        }
        unsafe add(text, part..<run.range.upperBound)
      }
      start = run.range.upperBound
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
  @inline(__always)
  func contains(_ text: UnsafeRawBufferPointer, _ run: NameLabels.Run) -> Bool {
    let range = run.range
    if lengths & LabelVocabulary.bit(range.count) != 0,
      words.contains(unsafe LabelVocabulary.hash(text, range))
    {
      return true
    }
    if unsafe firstLetters & Sorts.table[Int(text[range.lowerBound])] & Sorts.letters != 0
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

  /// Whether what stands before the first hyphen of a run tells what it names.
  func hasPrefix(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    unsafe prefixes.contains(LabelVocabulary.hash(text, range))
  }

  private static func has(_ word: [UInt8], _ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    var start = range.lowerBound
    while start + word.count <= range.upperBound {
      if unsafe holds(word, text, range, at: start) { return true }
      start += 1
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

  /// The hash of a run in small letters, which is 0 for none; a hash that two runs share makes one more of them no name,
  /// no more than that.
  ///
  /// Bytes of runs are in small letters once the bit 0x20 is set, which digits and hyphens have anyway.
  @inline(__always)
  private static func hash(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> UInt64 {
    let small: UInt64 = 0x2020_2020_2020_2020
    func word(_ offset: Int) -> UInt64 {
      unsafe UInt64(littleEndian: text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) | small
    }
    var hash = UInt64(truncatingIfNeeded: range.count) &* 0x9E37_79B9_7F4A_7C15
    if range.count >= 8 {
      var place = range.lowerBound
      let last = range.upperBound &- 8
      while place < last {
        hash = JSONDigest.mix(hash, word(place))
        place = place &+ 8
      }
      return JSONDigest.mix(hash, word(last)) | 1
    }
    var rest: UInt64 = 0
    for place in range { rest = unsafe rest << 8 | UInt64(text[place] | 0x20) }
    return JSONDigest.mix(hash, rest) | 1
  }
}

/// The labels of texts, and the skeleton that is left; reusable without allocation.
package struct NameLabels: Sendable {
  /// One label.
  package struct Label: Sendable {
    /// Where its letters begin in ``letters``.
    let start: Int
    /// How many it has.
    package let count: Int
    let digest: JSONDigest
  }

  /// A label has at least as many characters.
  static let shortest = 4
  /// Texts with more labels, or longer ones, are not taken apart: they seldom come again with other names.
  private static let mostLabels = 128
  private static let longestSkeleton = 1 << 14

  private let vocabulary: LabelVocabulary
  /// Memory for the skeleton, and how much of it is used.
  private var skeleton: [UInt8]
  private var end = 0
  private var letters: [UInt8] = []
  /// The distinct labels in the order in which they were met first.
  package private(set) var labels: [Label] = []
  /// Whether all texts could be taken apart; the skeleton says nothing otherwise.
  package private(set) var isWhole = true

  /// Creates a skeleton of no text.
  ///
  /// - Parameter vocabulary: Words that are no names.
  package init(_ vocabulary: LabelVocabulary) {
    self.vocabulary = vocabulary
    // Room for the ends of texts as well.
    skeleton = [UInt8](repeating: 0, count: NameLabels.longestSkeleton + 64)
    letters.reserveCapacity(1024)
  }

  /// Forgets all texts.
  package mutating func reset() {
    end = 0
    letters.removeAll(keepingCapacity: true)
    labels.removeAll(keepingCapacity: true)
    isWhole = true
  }

  /// What texts were taken apart into, to go on from there with others.
  package struct Beginning: Sendable {
    fileprivate var skeleton: [UInt8] = []
    fileprivate var letters: [UInt8] = []
    fileprivate var labels: [Label] = []
    fileprivate var isWhole = true

    /// Creates what no text is taken apart into.
    package init() {}
  }

  /// What the texts so far were taken apart into.
  package var beginning: Beginning {
    // Copied, for it is kept: what is reused here has room for more than a beginning needs.
    var beginning = Beginning()
    beginning.skeleton += skeleton[..<end]
    beginning.letters += letters
    beginning.labels += labels
    beginning.isWhole = isWhole
    return beginning
  }

  /// Forgets all texts, and takes those of a beginning as if they were taken apart now.
  ///
  /// - Parameter beginning: The beginning, which must come from labels of the same vocabulary.
  package mutating func restart(from beginning: Beginning) {
    reset()
    // A beginning is no longer than the skeleton that it was taken from.
    unsafe skeleton.withUnsafeMutableBytes { unsafe $0.copyBytes(from: beginning.skeleton) }
    end = beginning.skeleton.count
    letters += beginning.letters
    labels += beginning.labels
    isWhole = beginning.isWhole
  }

  /// Notes that something could not be taken apart.
  package mutating func giveUp() { isWhole = false }

  /// The digest of the skeleton so far.
  package var digest: JSONDigest { JSONDigest(skeleton.span.extracting(0..<end)) }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  @inline(__always)
  static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

  @inline(__always)
  static func small(_ byte: UInt8) -> UInt8 { byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte }

  /// A run of letters and digits, and of single hyphens between them.
  struct Run {
    /// Where it stands.
    var range: Range<Int>
    /// The sorts of its bytes.
    var sorts: UInt32 = 0
    /// Where the first hyphen stands, or the end.
    var firstHyphen: Int
    /// Where what is behind the last hyphen begins.
    var lastPart: Int

    var hasDigit: Bool { sorts & Sorts.digit != 0 }
    var hasHyphen: Bool { sorts & Sorts.hyphen != 0 }
    /// The sorts of its characters: digits 1, large letters 2, small letters 4, hyphens 8.
    var characters: UInt8 { UInt8(truncatingIfNeeded: sorts >> Sorts.shift) }

    /// Reads the run that begins at the beginning of a range, where a letter or digit stands.
    @inline(__always)
    init(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) {
      let table = unsafe Sorts.table
      var place = range.lowerBound
      let end = range.upperBound
      lastPart = place
      firstHyphen = -1
      while true {
        var sort: UInt32 = 0
        while place < end {
          sort = unsafe table[Int(text[place])]
          guard sort & Sorts.run != 0 else { break }
          sorts |= sort
          place = place &+ 1
        }
        guard sort & Sorts.hyphen != 0, place &+ 1 < end, unsafe table[Int(text[place + 1])] & Sorts.run != 0
        else { break }
        sorts |= sort
        if firstHyphen < 0 { firstHyphen = place }
        place = place &+ 1
        lastPart = place
      }
      self.range = range.lowerBound..<place
      if firstHyphen < 0 { firstHyphen = place }
    }

    /// What the skeleton says of its length: all of it without hyphens; with them whether a region may be as long, and
    /// whether it ends as names of secrets do, with six characters of the service's choice.
    var length: UInt8 {
      if !hasHyphen { return UInt8(truncatingIfNeeded: range.count) }
      return (range.count > 32 ? 1 : 0) | (range.upperBound - lastPart == 6 ? 2 : 0)
    }
  }

  /// Takes what stays in the skeleton off a run.
  ///
  /// - Parameters:
  ///   - run: The run; then the label in it.
  ///   - text: The text.
  /// - Returns: Whether there is a label in it.
  @inline(__always)
  private func isLabel(_ run: inout Run, _ text: UnsafeRawBufferPointer) -> Bool {
    guard run.hasDigit else { return false }
    while true {
      guard run.range.count >= NameLabels.shortest, run.hasDigit else { return false }
      if run.characters == 1 { return true }
      // Nobody gives a meaning to universally unique ids (RFC 9562, section 4).
      if unsafe NameLabels.isUUID(run, text) { return true }
      if unsafe vocabulary.contains(text, run) { return false }
      guard run.hasHyphen, unsafe vocabulary.hasPrefix(text, run.range.lowerBound..<run.firstHyphen) else {
        return true
      }
      run = unsafe Run(text, run.firstHyphen + 1..<run.range.upperBound)
    }
  }

  /// Whether a run is of hexadecimal digits and of hyphens where those of universally unique ids stand.
  private static func isUUID(_ run: Run, _ text: UnsafeRawBufferPointer) -> Bool {
    let start = run.range.lowerBound
    guard run.range.count == 36, run.firstHyphen == start + 8, run.lastPart == start + 24,
      run.sorts & Sorts.letters & ~0x3F == 0
    else { return false }
    for place in start + 9..<start + 23 {
      let isHyphen = unsafe text[place] == UInt8(ascii: "-")
      if isHyphen != (place == start + 13 || place == start + 18) { return false }
    }
    return true
  }

  // MARK: Taking texts apart

  // In the skeleton, bytes below 0x04 are marks: texts with control characters are not taken apart.
  private static let label: UInt8 = 1
  private static let end: UInt8 = 2
  private static let absent: UInt8 = 3

  /// Marks the end of a text, so that texts cannot run into each other.
  package mutating func endText() { put(NameLabels.end) }

  private mutating func put(_ mark: UInt8) {
    guard end < skeleton.count else { return giveUp() }
    skeleton[end] = mark
    end += 1
  }

  /// Adds a text that may be absent, and its end.
  ///
  /// - Parameter text: The text.
  package mutating func append(_ text: String?) {
    guard let text else { return put(NameLabels.absent) }
    unsafe text.utf8.span.withUnsafeBytes { bytes in
      unsafe fill(bytes.count) { labels, target, end in
        unsafe labels.append(bytes, 0..<bytes.count, target, &end)
      }
    }
    endText()
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
    let value = unsafe nodes[index].range
    unsafe fill(value.count) { labels, target, end in
      unsafe labels.append(index, nodes, text, target, &end)
    }
    endText()
  }

  /// Lets what writes the skeleton write where its end is.
  ///
  /// Invariant SHRINKS: what is written is no longer than the text, for no label is shorter than what stands for it. So
  /// there is room where there is room for the text.
  ///
  /// - Parameters:
  ///   - count: How long the text is.
  ///   - write: What writes: to which memory, and where in it, which it moves.
  @inline(__always)
  private mutating func fill(
    _ count: Int, _ write: (inout NameLabels, UnsafeMutableRawPointer, inout Int) -> Void
  ) {
    guard isWhole, count <= NameLabels.longestSkeleton - end else { return giveUp() }
    // The memory is taken out of the value that is changed meanwhile.
    var skeleton: [UInt8] = []
    swap(&skeleton, &self.skeleton)
    var end = self.end
    unsafe skeleton.withUnsafeMutableBytes { bytes in
      if let base = bytes.baseAddress { unsafe write(&self, base, &end) }
    }
    swap(&skeleton, &self.skeleton)
    self.end = end
  }

  private mutating func append(
    _ index: Int, _ nodes: UnsafeBufferPointer<JSONTape.Node>, _ text: UnsafeRawBufferPointer,
    _ target: UnsafeMutableRawPointer, _ end: inout Int
  ) {
    let value = unsafe nodes[index]
    var copied = value.start
    var place = index
    // All offsets come from the tape, which has checked them against the text.
    while isWhole, place < value.next {
      let node = unsafe nodes[place]
      place += 1
      if node.isOpaque || node.hasEscapes { return giveUp() }
      switch node.kind {
      case .null, .true, .false, .array, .object: continue
      case .number:
        // The digits of an exponent are no name.
        if unsafe NameLabels.sorts(text, node.range) & Sorts.exponent != 0 { return giveUp() }
        unsafe NameLabels.copy(text, copied..<node.start, target, &end)
        unsafe append(text, node.range, target, &end)
        copied = node.end
      case .string:
        if unsafe NameLabels.isName(node, text, before: value.end) {
          if unsafe text[node.range].contains(where: { $0 < 0x20 }) { return giveUp() }
          continue
        }
        unsafe NameLabels.copy(text, copied..<node.start + 1, target, &end)
        unsafe append(text, node.start + 1..<node.end - 1, target, &end)
        copied = node.end - 1
      }
    }
    unsafe NameLabels.copy(text, copied..<value.end, target, &end)
  }

  /// The sorts of all bytes of a range.
  @inline(__always)
  private static func sorts(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> UInt32 {
    let table = unsafe Sorts.table
    var sorts: UInt32 = 0
    for place in range { unsafe sorts |= table[Int(text[place])] }
    return sorts
  }

  /// Whether a string is the name of a member: a colon stands behind it.
  private static func isName(_ node: JSONTape.Node, _ text: UnsafeRawBufferPointer, before end: Int) -> Bool {
    var place = node.end
    while place < end, unsafe text[place].isJSONWhitespace { place += 1 }
    guard place < end else { return false }
    return unsafe text[place] == UInt8(ascii: ":")
  }

  /// Adds letters as they are.
  @inline(__always)
  private static func copy(
    _ text: UnsafeRawBufferPointer, _ range: Range<Int>, _ target: UnsafeMutableRawPointer, _ end: inout Int
  ) {
    guard let base = text.baseAddress else { return }
    unsafe (target + end).copyMemory(from: base + range.lowerBound, byteCount: range.count)
    end &+= range.count
  }

  /// Adds a text without its end.
  private mutating func append(
    _ text: UnsafeRawBufferPointer, _ range: Range<Int>, _ target: UnsafeMutableRawPointer, _ end: inout Int
  ) {
    let table = unsafe Sorts.table
    var copied = range.lowerBound
    var place = copied
    while place < range.upperBound {
      let sort = unsafe table[Int(text[place])]
      guard sort & Sorts.run != 0 else {
        if sort & Sorts.closed != 0 { return giveUp() }
        place = place &+ 1
        continue
      }
      var run = unsafe Run(text, place..<range.upperBound)
      place = run.range.upperBound
      guard unsafe isLabel(&run, text) else { continue }
      unsafe NameLabels.copy(text, copied..<run.range.lowerBound, target, &end)
      guard let number = unsafe number(run, text) else { return giveUp() }
      let mark =
        UInt32(NameLabels.label) | UInt32(run.characters) << 8 | UInt32(run.length) << 16
        | UInt32(truncatingIfNeeded: number) << 24
      unsafe target.storeBytes(of: mark.littleEndian, toByteOffset: end, as: UInt32.self)
      end &+= 4
      copied = place
    }
    unsafe NameLabels.copy(text, copied..<range.upperBound, target, &end)
  }

  /// The number of a label, which it gets where it is new; `nil` where it is too long, or one too many.
  @inline(__always)
  private mutating func number(_ run: Run, _ text: UnsafeRawBufferPointer) -> Int? {
    let digest = unsafe JSONDigest(text, run.range)
    // Lengths and numbers are written into single bytes.
    guard run.range.count < 256 else { return nil }
    for number in labels.indices
    where labels[number].digest == digest && labels[number].count == run.range.count {
      return number
    }
    guard labels.count < NameLabels.mostLabels else { return nil }
    labels.append(Label(start: letters.count, count: run.range.count, digest: digest))
    unsafe letters.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[run.range]))
    return labels.count - 1
  }

  // MARK: Labels

  /// The letters of all labels, each where ``range(_:)`` says.
  package var allLetters: [UInt8] { letters }

  /// Where the letters of a label stand among all letters.
  ///
  /// - Parameter number: The number of the label.
  /// - Returns: The range in ``allLetters``.
  package func range(_ number: Int) -> Range<Int> {
    labels[number].start..<labels[number].start + labels[number].count
  }

  /// Finds the labels in a text.
  ///
  /// - Parameters:
  ///   - bytes: The text.
  ///   - visit: What is done with each run that is one of the labels: where it stands, and the label's number.
  package func find(in bytes: Span<UInt8>, _ visit: (_ range: Range<Int>, _ number: Int) -> Void) {
    unsafe bytes.withUnsafeBytes { text in
      var place = 0
      while place < text.count {
        guard unsafe NameLabels.isLetter(text[place]) || NameLabels.isDigit(text[place]) else {
          place += 1
          continue
        }
        var run = unsafe Run(text, place..<text.count)
        place = run.range.upperBound
        guard unsafe isLabel(&run, text) else { continue }
        let digest = unsafe JSONDigest(text, run.range)
        for (number, label) in labels.enumerated()
        where label.count == run.range.count && label.digest == digest {
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
    var renamed = letters
    for label in labels {
      let range = label.start..<label.start + label.count
      var isNew = false
      for _ in 0..<8 where !isNew {
        let isUUID = unsafe letters.withUnsafeBytes { text in unsafe NameLabels.isUUID(Run(text, range), text)
        }
        for place in range {
          renamed[place] = NameLabels.other(letters[place], isHexadecimal: isUUID, &random)
        }
        let isLabel = unsafe renamed.withUnsafeBytes { text in
          var run = unsafe Run(text, range)
          return unsafe self.isLabel(&run, text) && run.range == range
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
    if isDigit(byte) { return UInt8.random(in: UInt8(ascii: "1")...UInt8(ascii: "9"), using: &random) }
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
