// The ladder of ever wider patterns for one resource.
//
//   0  the resource itself          arn:aws:s3:::logs/app/2026/11/20/3f2a9c1d-a.gz
//   1  its volatile parts           arn:aws:s3:::logs/app/????/??/??/*-a.gz
//   2… what lies below 8, 4, 2, 1   arn:aws:s3:::logs/app/????/*          (two folders kept)
//      folders
//   6  all behind the stem          arn:aws:s3:::logs/*
//
// Each rung is a function of the one below it (invariant COARSER), so how many distinct patterns a set of resources has
// on a rung never grows on the way up, and a set can be lifted from any rung to a higher one without its resources.

/// How far the resources of one family are generalised.
package struct GeneralizationLevel: Hashable, Comparable, Sendable {
  /// The rung, from 0, where resources stand for themselves.
  package let rung: Int

  /// Resources stand for themselves.
  package static let exact = GeneralizationLevel(rung: 0)
  /// One pattern stands for all resources of a typed family.
  package static let highest = GeneralizationLevel(rung: 2 + foldersKept.count)

  /// How many folders each rung above the volatile parts keeps.
  private static let foldersKept = [8, 4, 2, 1]

  private init(rung: Int) { self.rung = rung }

  /// The next rung, or `nil` on the highest.
  package var next: GeneralizationLevel? {
    self < .highest ? GeneralizationLevel(rung: rung + 1) : nil
  }

  /// The pattern of a resource on this rung.
  ///
  /// Names without a type before them, such as those of queues, keep all but their volatile parts on every rung: a
  /// pattern for all of them would span the service.
  ///
  /// - Parameter name: The resource, or its pattern on a lower rung.
  /// - Returns: The text behind the stem.
  /// - Complexity: O(*n*) in the length of the name.
  package func tail(of name: SplitName) -> String {
    guard rung > 0 else { return name.tail }
    let tail = VolatileName.pattern(of: name.tail, kind: name.kind)
    guard rung > 1, name.isTyped else { return tail }
    guard rung - 2 < Self.foldersKept.count else { return "*" }
    var folders = 0
    for (offset, byte) in tail.utf8.enumerated() where byte == UInt8(ascii: "/") {
      folders += 1
      guard folders == Self.foldersKept[rung - 2] else { continue }
      let end = tail.utf8.index(tail.startIndex, offsetBy: offset + 1)
      return end == tail.endIndex ? tail : String(tail[..<end]) + "*"
    }
    return tail
  }

  /// Orders rungs upwards.
  package static func < (left: GeneralizationLevel, right: GeneralizationLevel) -> Bool {
    left.rung < right.rung
  }
}
