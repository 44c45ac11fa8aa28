import Primitives

/// Whether an extract is what it says (C-14): nothing of what it names as left out is there, it
/// names places of its form alone, and with them what no extract may have. What is missing without
/// being named is missing as in any sheet.
struct ExtractCheck {
    let extract: SheetExtract
    let form: SheetForm
    let json: JSON

    var verdicts: [DeliveryCheck.Verdict] {
        let named = JSONPointer(tokens: ["extract", "removed"])
        var verdicts: [DeliveryCheck.Verdict] = []
        func report(_ pointer: JSONPointer, _ result: String) {
            verdicts.append(DeliveryCheck.Verdict(pointer: pointer, result: result, keyword: ""))
        }
        for (index, place) in extract.removed.enumerated() {
            if json[pointer: place] != nil { report(place, "E-RULE:EX1") }
            if form.root[place] == nil { report(named.appending(index), "E-CODE") }
        }
        let owed = [SheetExtract.attachments] + (form.delivery?.neverExtracted ?? [])
        if !owed.allSatisfy(extract.removed.contains) { report(named, "E-RULE:EX2") }
        let always = form.delivery?.alwaysExtracted ?? []
        if extract.removed.contains(where: always.contains) { report(named, "E-RULE:EX5") }
        return verdicts
    }
}
