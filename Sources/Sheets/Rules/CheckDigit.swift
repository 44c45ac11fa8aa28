import Primitives

/// Check digits of care-insurance numbers. A failed one is a warning: some real offices fail.
enum CheckDigit: String, Sendable {
    /// 介護保険事業所番号 and 10-digit medical institution codes.
    case office
    /// 保険者番号.
    case insurer

    /// `number` must be in its form already; anything else is not accepted.
    func accepts(_ number: String) -> Bool {
        // The letter B (介護医療院) counts as 2.
        let digits = number.utf8.map { $0 == UInt8(ascii: "B") ? 2 : Int($0) - 0x30 }
        guard let check = digits.last, digits.allSatisfy((0...9).contains) else { return false }
        let base = digits.dropLast()
        if CheckDigit.modulus10Weight21(base) == check { return true }
        // Several prefectures compute medical and similar categories without the first three
        // digits.
        guard self == .office, [1, 3, 4, 5, 6].contains(digits[2]) else { return false }
        return CheckDigit.modulus10Weight21(base.dropFirst(3)) == check
    }

    /// M10W21: weights 2, 1, 2, 1 … from the right, digits of the products added.
    static func modulus10Weight21(_ digits: some BidirectionalCollection<Int>) -> Int {
        var sum = 0
        for (position, digit) in digits.reversed().enumerated() {
            let product = digit * (position.isMultiple(of: 2) ? 2 : 1)
            sum += product / 10 + product % 10
        }
        return (10 - sum % 10) % 10
    }
}

/// マイナンバー, which no sheet may hold.
enum MyNumber {
    /// True if `text` has a run of exactly 12 digits with a right check digit, after full-width
    /// forms are folded and spaces and hyphens taken out.
    static func isIn(_ text: String) -> Bool {
        var run: [Int] = []
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x30...0x39: run.append(Int(scalar.value) - 0x30)
            case 0xFF10...0xFF19: run.append(Int(scalar.value) - 0xFF10)
            case 0x20, 0x3000, 0x2D, 0x2010, 0x2011, 0x2212, 0xFF0D: continue
            default:
                if isNumber(run) { return true }
                run = []
            }
        }
        return isNumber(run)
    }

    private static func isNumber(_ digits: [Int]) -> Bool {
        guard digits.count == 12 else { return false }
        var sum = 0
        for position in 1...11 {
            sum += digits[11 - position] * (position <= 6 ? position + 1 : position - 5)
        }
        return digits[11] == (sum % 11 <= 1 ? 0 : 11 - sum % 11)
    }
}
