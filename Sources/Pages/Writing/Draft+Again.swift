import Primitives
import Sheets

extension Draft {
    /// What a sheet that was sent is written anew for.
    enum Again: Sendable {
        /// 訂正版: takes the place of the earlier one at both ends.
        case correction
        /// The same once more, where the earlier one did not arrive.
        case repetition
    }

    /// An own sheet as it was written, in its thread; but its ground is chosen anew (C-21).
    init(again sheet: Sheet, as kind: Again, _ random: any RandomSource) {
        self.init(after: sheet, supersedes: kind == .correction ? sheet.sheetID : nil, random)
        for name in ["patient"] + SheetMaker.written + ["body"] {
            if let value = sheet.json[name] { take(value, at: JSONPointer(tokens: [name])) }
        }
    }

    /// Gives each word of a list its own line, as the form has them: a sheet does not tell a list
    /// of lines from several choices.
    mutating func spread(_ field: FormField, _ pointer: JSONPointer = JSONPointer()) {
        switch field.kind {
        case .group(let members):
            for member in members { spread(member, pointer.appending(member.name)) }
        case .list(let element, let most):
            for (index, word) in (values.removeValue(forKey: pointer) ?? []).enumerated() {
                values[pointer.appending(index)] = [word]
            }
            for index in 0..<most { spread(element.field, pointer.appending(index)) }
        default: break
        }
    }
}
