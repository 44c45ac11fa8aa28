import Gateway
import Testing

/// C-19: what leaves an organisation tells no count below five, nor lets one be found.
@Suite struct SmallCellsTests {
    @Test(arguments: [
        ([0, 0, 0], "0 0 0 0"), ([5, 6, 0], "5 6 0 11"),
        // One small part would follow from the sum: the next one goes too.
        ([4, 20, 7], "* 20 * 31"), ([1, 0, 9], "* 0 * 10"),
        // Alone it is the sum.
        ([3, 0, 0], "* 0 0 *"), ([2, 1, 0], "* * 0 *"),
        ([2, 3, 8], "* * 8 13"), ([4, 4, 0], "* * 0 *"),
        // Each of these would be known to be one.
        ([1, 1, 9], "* * 9 *"), ([1, 2, 9], "* * 9 12"),
    ])
    func `small counts are not told`(parts: [Int], words: String) {
        let told = SmallCells.told(parts)
        #expect((told.parts + [told.sum]).joined(separator: " ") == words)
    }

    @Test func `what is not told cannot be found by adding up`() {
        for first in 0...12 {
            for second in 0...12 {
                let told = SmallCells.told([first, second])
                let isSmall = [first, second].map { (1...4).contains($0) }
                for (part, isHidden) in zip(told.parts, isSmall) where isHidden {
                    #expect(part == SmallCells.mark)
                }
                // How many pairs would be told in these words.
                guard isSmall.contains(true) else { continue }
                let same = (0...12).flatMap { one in (0...12).map { [one, $0] } }.filter {
                    let other = SmallCells.told($0)
                    return other.parts == told.parts && other.sum == told.sum
                }
                #expect(same.count > 1, "\(first) and \(second)")
            }
        }
    }
}
