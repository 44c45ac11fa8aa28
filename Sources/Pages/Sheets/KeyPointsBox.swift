import Sheets

/// 要点 above a read sheet: urgency, what is asked, and the fields that its type counts among them.
struct KeyPointsBox {
    let points: KeyPoints
    /// Urgency and what is asked, which every sheet has.
    let lead: HTML
    /// Warnings are for the desk that the sheet is for.
    let showsFlags: Bool

    var html: HTML {
        let lines = points.points.map { point -> HTML in
            "<dt>\(point.label)</dt><dd>\(HTML.lines(point.lines.joined(separator: "\n")))</dd>"
        }
        let list: HTML = HTML.when(!lines.isEmpty, "<dl>\(lines)</dl>")
        return """
            <section class="note" aria-labelledby="points"><h2 id="points">要点</h2>
            <p class="row">\(lead)</p>\(list)\(flags)</section>
            """
    }

    private var flags: HTML {
        guard showsFlags, !points.flags.isEmpty else { return .nothing }
        let marks = points.flags.map { "<span class=\"label full\">\($0)</span> " as HTML }
        return "<p>\(marks)（宛先の窓口だけに出しています。本人・家族の目に触れないよう注意してください）</p>"
    }
}
