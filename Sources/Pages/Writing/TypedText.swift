import HTTP
import Primitives
import Sheets

/// What somebody typed into a draft that could not be saved: shown again, so that it is not lost.
struct TypedText {
    private let rows: [(label: String, words: String)]

    init(_ form: PostedForm, _ catalogue: SheetCatalogue, on day: Day) {
        let type = form["type"].flatMap { SheetType($0) }
        guard let type, let whole = SheetMaker.form(of: type, catalogue, on: day) else {
            rows = []
            return
        }
        let values = DraftReading(form: whole).values(form)
        rows = whole.places(values).compactMap { place in
            values[place.pointer].map { (place.label, place.words($0)) }
        }
    }

    var isEmpty: Bool { rows.isEmpty }

    var html: HTML {
        guard !isEmpty else { return .nothing }
        let list = rows.map { "<dt>\($0.label)</dt><dd>\(HTML.lines($0.words))</dd>" as HTML }
        return "<h2>入力した内容（保存されていません）</h2><dl>\(list)</dl>"
    }
}
