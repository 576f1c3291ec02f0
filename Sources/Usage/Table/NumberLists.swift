// Lists of numbers, nearly all of which have one number.

/// Lists of numbers whose elements stand in one array; a list of one number stands in the list's own place.
struct NumberLists: Sendable {
  /// A list.
  struct List: Hashable, Sendable {
    /// 0 for no number; one number with the highest bit set; else where its first link stands.
    fileprivate var head: UInt32 = 0

    /// Creates a list without numbers.
    init() {}

    /// Whether the list has no numbers.
    var isEmpty: Bool { head == 0 }

    fileprivate static let isNumber: UInt32 = 1 << 31
    /// The only number of the list, if it stands here.
    fileprivate var number: UInt32? { head & List.isNumber == 0 ? nil : head & ~List.isNumber }
  }

  /// Up to three numbers in a list; all links but the first one of a list are full.
  private struct Link: Sendable {
    /// The numbers in the order in which they came, and ``free`` behind them.
    var first: UInt32
    var second = Link.free
    var third = Link.free
    /// Where the link stands whose numbers came before; 0 for none.
    var next: UInt32

    /// Stands where there is no number.
    static let free = UInt32.max

    /// Whether a number is in the link.
    @inline(__always)
    func has(_ number: UInt32) -> Bool { first == number || second == number || third == number }
  }

  private var links = ChunkedArray<Link>()
  /// The first free link, 0 for none.
  private var free: UInt32 = 0

  /// Creates room for lists.
  init() {
    // The place 0 stands for no link.
    links.append(Link(first: Link.free, next: 0))
  }

  /// Adds a number to a list that has it or not.
  ///
  /// - Parameters:
  ///   - number: The number, less than the largest of all.
  ///   - list: The list.
  mutating func append(_ number: UInt32, to list: inout List) {
    precondition(number != Link.free, "no number of a list")
    if list.isEmpty, number < List.isNumber {
      list.head = number | List.isNumber
    } else if let only = list.number {
      list.head = add(Link(first: only, second: number, next: 0))
    } else if list.isEmpty || links[Int(list.head)].third != Link.free {
      list.head = add(Link(first: number, next: list.head))
    } else {
      links.update(Int(list.head)) { link in
        if link.second == Link.free { link.second = number } else { link.third = number }
      }
    }
  }

  /// Adds a number to a list of distinct numbers.
  ///
  /// - Parameters:
  ///   - number: The number, less than the largest of all.
  ///   - list: The list.
  /// - Returns: Whether the list did not have it.
  /// - Complexity: O(*n*) in the length of the list.
  mutating func insert(_ number: UInt32, into list: inout List) -> Bool {
    if let only = list.number {
      if only == number { return false }
    } else {
      var place = list.head
      while place != 0 {
        let link = links[Int(place)]
        if link.has(number) { return false }
        place = link.next
      }
    }
    append(number, to: &list)
    return true
  }

  private mutating func add(_ link: Link) -> UInt32 {
    guard free != 0 else {
      links.append(link)
      // Places are told from numbers by the highest bit.
      return UInt32(Int32(links.count - 1))
    }
    let place = free
    free = links[Int(place)].next
    links[Int(place)] = link
    return place
  }

  /// Removes all numbers of a list.
  ///
  /// - Parameter list: The list.
  mutating func removeAll(_ list: inout List) {
    if list.number == nil, !list.isEmpty {
      var last = list.head
      while links[Int(last)].next != 0 { last = links[Int(last)].next }
      links.update(Int(last)) { $0.next = free }
      free = list.head
    }
    list = List()
  }

  /// Goes through the numbers of a list, from the last one that was added to the first.
  ///
  /// - Parameters:
  ///   - list: The list.
  ///   - visit: What is done with each number.
  @inline(__always)
  func forEach(_ list: List, _ visit: (UInt32) -> Void) {
    if let only = list.number { return visit(only) }
    var place = list.head
    while place != 0 {
      let link = links[Int(place)]
      if link.third != Link.free { visit(link.third) }
      if link.second != Link.free { visit(link.second) }
      visit(link.first)
      place = link.next
    }
  }

  /// Whether two lists have the same numbers in the same order.
  ///
  /// - Parameters:
  ///   - left: One list.
  ///   - right: The other one.
  /// - Returns: Whether they have.
  func isEqual(_ left: List, _ right: List) -> Bool {
    // A number by itself is equal to nothing that is linked: it would be in the other's own place as well.
    if left == right { return true }
    if left.number != nil || right.number != nil { return false }
    var left = left.head
    var right = right.head
    while left != right {
      let (first, second) = (links[Int(left)], links[Int(right)])
      guard left != 0, right != 0, first.first == second.first, first.second == second.second,
        first.third == second.third
      else { return false }
      left = first.next
      right = second.next
    }
    return true
  }
}
