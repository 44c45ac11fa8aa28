package import Sheets

/// 送付票: what lies on top of a sheet that goes by fax or post. It may be seen by anybody who passes
/// the machine, so it has a masked name and no birth date.
package struct CoverSheet: Sendable, CustomStringConvertible {
    package struct Party: Sendable {
        let name: String
        let telephone: String?
        let fax: String?
        let person: String?

        package init(name: String, telephone: String?, fax: String?, person: String? = nil) {
            self.name = name
            self.telephone = telephone
            self.fax = fax
            self.person = person
        }
    }

    package let to: Party
    package let from: Party
    /// The form and whom it is about.
    package let title: String
    package let patient: String?
    /// 受取番号.
    package let code: String

    package init(to: Party, from: Party, title: String, patient: String?, code: String) {
        self.to = to
        self.from = from
        self.title = title
        self.patient = patient
        self.code = code
    }

    package var description: String { "CoverSheet" }

    package var form: FilledForm {
        let large = FilledForm.Style(align: .center, size: .title)
        let wide = FilledForm.Style(align: .center, size: .large, frame: .thick)
        let rows = [
            FilledForm.Row(cells: [cell(.printed("書類送付票"), 180, large)]),
            FilledForm.Row(bar: "宛先", cells: pair("機関", to.name + " 御中")),
            FilledForm.Row(cells: pair("FAX", to.fax ?? "（宛先帳にありません）")),
            FilledForm.Row(cells: pair("電話", to.telephone ?? "")),
            FilledForm.Row(bar: "差出人", cells: pair("機関", from.name)),
            FilledForm.Row(cells: pair("担当", from.person ?? "")),
            FilledForm.Row(cells: pair("電話", from.telephone ?? "")),
            FilledForm.Row(bar: "送る書類", cells: pair("書類", title)),
            FilledForm.Row(cells: pair("利用者（患者）", patient.map(MaskedName.of) ?? "（なし）")),
            FilledForm.Row(bar: "受取番号", cells: [cell(.entered(code), 180, wide)]),
            FilledForm.Row(bar: "お願い", cells: [cell(.printed(Self.request), 180, Self.framed)]),
        ]
        return FilledForm(title: "書類送付票", rows: rows)
    }

    private static let request = """
        枚数がそろっていることを確かめ、差出人に電話で受取番号をお知らせください。届いたことの確認になります。
        宛先が違うときは、中を読まず、すぐに差出人へ電話してください。用紙の扱いは差出人がお願いします。
        """

    private static let framed = FilledForm.Style(frame: .thin)

    private func cell(
        _ run: FilledForm.Run,
        _ width: Int,
        _ style: FilledForm.Style,
        isHead: Bool = false
    ) -> FilledForm.Cell {
        FilledForm.Cell([run], width: width, style: style, isHead: isHead)
    }

    private func pair(_ label: String, _ text: String) -> [FilledForm.Cell] {
        let head = FilledForm.Style(align: .center, size: .small, frame: .thin)
        return [
            cell(.printed(label), 34, head, isHead: true),
            cell(.entered(text), 146, Self.framed),
        ]
    }
}
