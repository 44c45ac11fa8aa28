import Primitives

/// A decimal number without rounding: ± digits × 10^exponent.
struct ExactNumber: Hashable, Comparable, Sendable {
    private let isNegative: Bool
    /// 0 to 9 each, no zero at either end; empty for zero.
    private let digits: [UInt8]
    private let exponent: Int

    /// Exponents beyond this are brought back to it: such numbers have no use but mischief.
    private static let exponentBound = 1 << 40

    init(_ value: Int64) {
        self.init(value < 0, String(value.magnitude).utf8.map { $0 - UInt8(ascii: "0") }, 0)
    }

    /// - Parameter number: well formed, as the reader leaves it.
    init(_ number: JSONNumber) {
        var digits: [UInt8] = []
        var fractionDigits = 0
        var rest = number.text.utf8[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest.removeFirst() }
        var isFraction = false
        while let byte = rest.first, byte != UInt8(ascii: "e"), byte != UInt8(ascii: "E") {
            rest.removeFirst()
            if byte == UInt8(ascii: ".") {
                isFraction = true
            } else {
                digits.append(byte - UInt8(ascii: "0"))
                fractionDigits += isFraction ? 1 : 0
            }
        }
        let exponent = ExactNumber.exponent(rest.dropFirst())
        self.init(isNegative, digits, exponent - fractionDigits)
    }

    /// The number in `json`; nil for anything else.
    init?(_ json: JSON) {
        switch json {
        case .integer(let value): self.init(value)
        case .number(let number): self.init(number)
        default: return nil
        }
    }

    private init(_ isNegative: Bool, _ digits: [UInt8], _ exponent: Int) {
        let head = digits.drop { $0 == 0 }
        let trailing = head.reversed().prefix { $0 == 0 }.count
        self.digits = Array(head.dropLast(trailing))
        self.isNegative = isNegative && !self.digits.isEmpty
        self.exponent = self.digits.isEmpty ? 0 : exponent + trailing
    }

    private static func exponent(_ text: Substring.UTF8View) -> Int {
        let isNegative = text.first == UInt8(ascii: "-")
        var value = 0
        for byte in text where byte >= UInt8(ascii: "0") {
            value = min(value * 10 + Int(byte - UInt8(ascii: "0")), exponentBound)
        }
        return isNegative ? -value : value
    }

    var isInteger: Bool { exponent >= 0 }
    var isPositive: Bool { !isNegative && !digits.isEmpty }

    /// The value where it is an integer of at most 18 digits.
    var int: Int? {
        guard isInteger, digits.count + exponent <= 18 else { return nil }
        var value = 0
        for digit in digits { value = value * 10 + Int(digit) }
        for _ in 0..<exponent { value *= 10 }
        return isNegative ? -value : value
    }

    static func < (left: ExactNumber, right: ExactNumber) -> Bool {
        guard left.isNegative == right.isNegative else { return left.isNegative }
        return left.isNegative
            ? right.isSmallerInMagnitude(than: left) : left.isSmallerInMagnitude(than: right)
    }

    private func isSmallerInMagnitude(than other: ExactNumber) -> Bool {
        if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
        let width = digits.count + exponent
        let otherWidth = other.digits.count + other.exponent
        return width == otherWidth
            ? digits.lexicographicallyPrecedes(other.digits) : width < otherWidth
    }

    /// A positive number whose digits, without the trailing zeros, fit 18 places.
    struct Divisor: Sendable {
        fileprivate let digits: UInt64
        fileprivate let exponent: Int

        init?(_ number: ExactNumber) {
            guard number.isPositive, number.digits.count <= 18 else { return nil }
            digits = number.digits.reduce(0) { $0 * 10 + UInt64($1) }
            exponent = number.exponent
        }
    }

    func isMultiple(of divisor: Divisor) -> Bool {
        // The last digit is not zero, so no power of ten is left over to divide by.
        guard exponent >= divisor.exponent else { return digits.isEmpty }
        let modulus = divisor.digits
        var remainder = digits.reduce(UInt64(0)) { ($0 * 10 + UInt64($1)) % modulus }
        var factor = 10 % modulus
        var power = exponent - divisor.exponent
        while power > 0 {
            if power & 1 == 1 { remainder = ExactNumber.product(remainder, factor, modulus) }
            factor = ExactNumber.product(factor, factor, modulus)
            power >>= 1
        }
        return remainder == 0
    }

    private static func product(_ left: UInt64, _ right: UInt64, _ modulus: UInt64) -> UInt64 {
        modulus.dividingFullWidth(left.multipliedFullWidth(by: right)).remainder
    }
}
