import Primitives

/// 要点: what somebody with two minutes must know of a sheet, in the order in which it is read.
package struct KeyPoints: Sendable, CustomStringConvertible {
    package struct Point: Sendable {
        package let label: String
        package internal(set) var lines: [String]
    }

    package let points: [Point]
    /// What nobody but the desk which the sheet is for is told.
    package let flags: [String]

    package var description: String { "KeyPoints" }
}

extension SheetCatalogue {
    /// As far as the layout of its type names any, and the sheet has them.
    package func keyPoints(of sheet: Sheet) -> KeyPoints {
        guard let form = form(of: sheet.type) else { return KeyPoints(points: [], flags: []) }
        let view = SheetView(sheet)
        var points: [KeyPoints.Point] = []
        for point in form.layout.points {
            let lines = point.lines(of: view, form)
            guard !lines.isEmpty else { continue }
            if let last = points.last, last.label.hasSameBytes(as: point.label) {
                points[points.count - 1].lines += lines
            } else {
                points.append(KeyPoints.Point(label: point.label, lines: lines))
            }
        }
        let flags = form.layout.flags.filter {
            $0.condition.holds(in: view, at: JSONPointer()) == true
        }
        return KeyPoints(points: points, flags: flags.map(\.text))
    }
}

extension Layout.Point {
    fileprivate func lines(of view: SheetView, _ form: SheetForm) -> [String] {
        var filler = FormFiller(json: view.json, form: form)
        return places(view.json).compactMap { place in
            guard condition.holds(in: view, at: place) == true else { return nil }
            filler.element = place
            guard filler.hasValue(parts) else { return nil }
            return filler.runs(parts).map(\.chosenText).joined()
        }
    }

    /// The sheet, or each element of the array.
    private func places(_ json: JSON) -> [JSONPointer] {
        guard let each else { return [JSONPointer()] }
        return (json[pointer: each]?.array ?? []).indices.map { each.appending($0) }
    }
}

extension FilledForm.Run {
    /// Of choices, those that were made.
    fileprivate var chosenText: String {
        guard case .choices(let choices) = self else { return text }
        return choices.filter(\.isChosen).map(\.label).joined(separator: "・")
    }
}
