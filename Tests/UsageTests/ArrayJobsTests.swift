// Work that is spread over threads gives what one thread gives.

import Synchronization
import TestSupport
import Testing

@testable import Usage

@Suite("Work for several threads")
struct ArrayJobsTests {
  /// Does work that takes another time for each number.
  private static func work(_ number: Int) -> Int {
    (0..<(number * 7_919) % 2_000).reduce(number) { $0 &* 31 &+ $1 }
  }

  @Test("Results come in the order of their elements, and each once", arguments: 1...5, [0, 1, 2, 3, 100])
  func order(jobs: Int, count: Int) {
    let numbers = Array(0..<count)
    #expect(numbers.map(jobs: jobs, Self.work) == numbers.map(Self.work))
    var taken: [Int] = []
    numbers.forEach(jobs: jobs) {
      0
    } work: { number, result in
      result = Self.work(number)
    } inOrder: { result in
      taken.append(result)
      return true
    }
    #expect(taken == numbers.map(Self.work))
  }

  @Test("Work ends where its results are no longer wanted", arguments: 1...5)
  func end(jobs: Int) {
    let worked = Atomic(0)
    var taken: [Int] = []
    Array(0..<1_000).forEach(jobs: jobs) {
      0
    } work: { number, result in
      worked.wrappingAdd(1, ordering: .relaxed)
      result = number
    } inOrder: { result in
      taken.append(result)
      return taken.count < 10
    }
    #expect(taken == Array(0..<taken.count))
    #expect(taken.count == worked.load(ordering: .relaxed) && (10..<10 + jobs).contains(taken.count))
  }
}
