/// A pattern that is a row of classes from the beginning of a text to its end, as nearly all
/// patterns of sheets are: `^[^\u0000-\u001F]+$`, `^[0-9]{3}-[0-9]{4}$`.
///
/// Only the last class of a row may have a choice of how often, so that no step is ever taken back:
/// one look at each scalar decides.
struct PatternRow: Sendable {
    private struct Step {
        let scalars: PatternScalars
        var least = 1
        var most: Int? = 1
    }

    private var steps: [Step] = []

    mutating func append(_ scalars: PatternScalars) { steps.append(Step(scalars: scalars)) }

    /// Says how often the last step is taken.
    mutating func repeatLast(_ least: Int, _ most: Int?) {
        steps[steps.count - 1].least = least
        steps[steps.count - 1].most = most
    }

    var isDecided: Bool { steps.dropLast().allSatisfy { $0.least == $0.most } }

    func matches(_ text: String) -> Bool {
        var scalars = text.unicodeScalars.makeIterator()
        var next = scalars.next()
        for step in steps {
            var count = 0
            while let scalar = next, count != step.most, step.scalars.contains(scalar) {
                count += 1
                next = scalars.next()
            }
            guard count >= step.least else { return false }
        }
        return next == nil
    }
}

/// The scalars of one class, or all others.
struct PatternScalars: Sendable {
    private let isNegated: Bool
    private let ranges: [ClosedRange<Unicode.Scalar>]
    /// Whether it holds each of the first 128.
    private let ascii: [Bool]

    init(_ ranges: [ClosedRange<Unicode.Scalar>], isNegated: Bool = false) {
        self.ranges = ranges
        self.isNegated = isNegated
        ascii = (0..<128).map { value in
            ranges.contains { $0.contains(Unicode.Scalar(UInt8(value))) } != isNegated
        }
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        guard !scalar.isASCII else { return ascii[Int(scalar.value)] }
        return ranges.contains { $0.contains(scalar) } != isNegated
    }
}
