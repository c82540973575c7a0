//! Consultations as those may see them who may not know small groups: which groups are hidden, so that what is told of the
//! others and of all together tells none of them. Refuses to know who is looking.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use romduol_disclosure::{Cell, Effort, Policy, Relation, Role, System, Weigh, Zeros, hide};
use romduol_plan::State;
use romduol_plan::kinds::{Attendance, Body, Class, Consultation, Id};
use romduol_plan::people::{self, counts_of_group};

/// The smallest count of people that is shown to whoever may not read a group's class.
const K: i64 = 10;

/// What of a consultation is hidden.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    pub groups: BTreeSet<Id>,
    /// Also what all groups make together: there are too few others.
    pub head: bool,
}

impl Hidden {
    pub fn nothing(&self) -> bool {
        self.groups.is_empty() && !self.head
    }
}

/// The groups whose counts are hidden: restricted ones that are small, or have few women or men, and as many others as it
/// takes that nobody can tell one of these to be small. As they were printed and as they were corrected.
pub fn hidden(groups: &[&Arc<Attendance>]) -> Hidden {
    let printed = |group: &Attendance| counts_of_group(group).printed;
    let valid = |group: &Attendance| counts_of_group(group).valid();
    let both = [among(groups, &printed), among(groups, &valid)];
    both.into_iter().fold(Hidden::default(), |mut all, one| {
        all.groups.extend(one.groups);
        all.head |= one.head;
        all
    })
}

/// A record without what the groups of a consultation make together, where that would tell small ones.
pub fn without_hidden_head(state: &State, body: Body) -> Body {
    let Body::Consultation(event) = &body else { return body };
    if !hidden(&people::groups(state, &event.id).collect::<Vec<_>>()).head {
        return body;
    }
    let mut told = Consultation::clone(event);
    (told.total, told.female, told.male) = (None, None, None);
    (told.corrected_total, told.corrected_female, told.corrected_male) = (None, None, None);
    told.correction_reason.clear();
    told.into()
}

/// Whether a consultation has groups that are for those who may know small ones.
pub fn has_restricted_groups(state: &State, event: &str) -> bool {
    people::groups(state, event).any(|group| group.class == Class::Restricted)
}

/// Counts of all, women and men.
type Counted<'a> = &'a dyn Fn(&Attendance) -> [Option<u32>; 3];

fn among(groups: &[&Arc<Attendance>], counted: Counted) -> Hidden {
    let everything = || Hidden { groups: groups.iter().map(|group| group.id.clone()).collect(), head: true };
    // What all make together is told, if it can be.
    for head in [Role::Shown, Role::Open] {
        let Ok((system, whose)) = system(groups, counted, head) else { return everything() };
        let policy = Policy {
            k: u32::try_from(K).unwrap_or_default(),
            zeros: Zeros::Eligible,
            weigh: Weigh::Both,
            // There are few rows, and a page waits.
            effort: Some(Effort { search: 50, prune: 50, reach: 400 }),
            ..Policy::people()
        };
        if let Ok((hidden, _)) = hide(&system, &policy) {
            let hidden_cells = || whose.iter().filter(|(cell, _)| hidden[**cell as usize]);
            // A row is hidden as a whole: more that is hidden tells nobody more.
            return Hidden {
                groups: hidden_cells().filter_map(|(_, group)| group.clone()).collect(),
                head: hidden_cells().any(|(_, group)| group.is_none()),
            };
        }
    }
    everything()
}

/// The cells that are told, each with the group that it is of, or none for what all make together.
type Whose = BTreeMap<u32, Option<Id>>;

/// Women, men and those of whom neither is said, in each group and in all.
fn system(
    groups: &[&Arc<Attendance>],
    counted: Counted,
    head: Role,
) -> Result<(System, Whose), romduol_disclosure::SystemError> {
    let mut made = Made::default();
    let mut columns: [Vec<u32>; 4] = Default::default();
    for group in groups {
        let [total, female, male] = counted(group).map(|count| count.map(i64::from));
        if [total, female, male].iter().all(Option::is_none) {
            continue;
        }
        let named = female.unwrap_or(0) + male.unwrap_or(0);
        // A total that is less than its parts is a fault of the source; the parts are what is known.
        let all = total.unwrap_or(named).max(named);
        let restricted = group.class == Class::Restricted;
        let sexes =
            [(female.is_some(), female.unwrap_or(0)), (male.is_some(), male.unwrap_or(0)), (false, all - named)];
        let whole = made.cell(all, Role::Open, restricted);
        made.whose.insert(whole, Some(group.id.clone()));
        let mut parts = Vec::new();
        for (column, (told, count)) in columns.iter_mut().zip(sexes) {
            let role = if told { Role::Open } else { Role::Unpublished };
            let cell = made.cell(count, role, restricted && told);
            made.whose.extend(told.then(|| (cell, Some(group.id.clone()))));
            column.push(cell);
            parts.push(cell);
        }
        made.relations.push(Relation { total: whole, parts });
        columns[3].push(whole);
    }
    let mut sums = Vec::new();
    for (column, parts) in columns.into_iter().enumerate() {
        let value = parts.iter().map(|part| made.cells[*part as usize].value).sum();
        // Of how many nothing is said follows from the others.
        let role = if column == 2 { Role::Unpublished } else { head };
        let sum = made.cell(value, role, false);
        if column != 2 {
            made.cells[sum as usize].weight = 1_000_000;
            made.whose.insert(sum, None);
        }
        made.relations.push(Relation { total: sum, parts });
        sums.push(sum);
    }
    if let [female, male, neither, all] = sums[..] {
        made.relations.push(Relation { total: all, parts: vec![female, male, neither] });
    }
    Ok((System::new(made.cells, made.relations)?, made.whose))
}

#[derive(Default)]
struct Made {
    cells: Vec<Cell>,
    relations: Vec<Relation>,
    whose: Whose,
}

impl Made {
    #[allow(clippy::cast_possible_truncation)]
    fn cell(&mut self, value: i64, role: Role, secret: bool) -> u32 {
        let reach = (secret && value > 0 && value < K).then_some(K);
        let weight = value.unsigned_abs() + 1;
        self.cells.push(Cell { value, least: 0, role, reach, weight });
        (self.cells.len() - 1) as u32
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use romduol_plan::kinds::KhmerStatus;
    use romduol_plan::text::Text;

    use super::*;

    fn group(id: &str, female: u32, male: u32, class: Class) -> Arc<Attendance> {
        Arc::new(Attendance {
            id: id.into(),
            consultation: "C".into(),
            group: Text::en(id),
            khmer: KhmerStatus::Draft,
            total: Some(female + male),
            female: Some(female),
            male: Some(male),
            corrected_total: None,
            corrected_female: None,
            corrected_male: None,
            correction_reason: String::new(),
            class,
            remarks: String::new(),
            institutions: Vec::new(),
            source: String::new(),
        })
    }

    fn ids(hidden: &Hidden) -> Vec<&str> {
        hidden.groups.iter().map(String::as_str).collect()
    }

    #[test]
    fn a_small_group_is_hidden_with_another_one() {
        let groups =
            [group("A", 40, 12, Class::Public), group("B", 3, 2, Class::Restricted), group("C", 12, 15, Class::Public)];
        let found = hidden(&groups.iter().collect::<Vec<_>>());
        assert_eq!(ids(&found), ["B", "C"]);
        assert!(!found.head);
        let open = [group("A", 40, 1, Class::Public), group("C", 3, 0, Class::Public)];
        assert!(hidden(&open.iter().collect::<Vec<_>>()).nothing());
        // Alone it is what all make together.
        let alone = [group("B", 3, 2, Class::Restricted)];
        let found = hidden(&alone.iter().collect::<Vec<_>>());
        assert!(ids(&found) == ["B"] && found.head);
    }

    /// The one that was attacked: what the told groups leave of all is 11 people in three groups.
    #[test]
    fn what_the_others_leave_does_not_say_that_a_group_is_small() {
        let groups = [
            group("A", 50, 30, Class::Public),
            group("B", 3, 1, Class::Restricted),
            group("C", 4, 1, Class::Restricted),
            group("D", 2, 0, Class::Restricted),
        ];
        let found = hidden(&groups.iter().collect::<Vec<_>>());
        assert_eq!(ids(&found), ["A", "B", "C", "D"], "11 people in three groups are fewer than 10 in each but one");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Each count of a hidden restricted group can be as much as 10 for one who subtracts what is told from what all
        /// make together, or nothing of all together is told.
        #[test]
        fn no_small_group_is_told_to_be_small(
            counts in prop::collection::vec((0..30_u32, 0..30_u32, any::<bool>()), 1..7),
        ) {
            let class = |restricted: bool| if restricted { Class::Restricted } else { Class::Public };
            let groups: Vec<_> = counts.iter().enumerate()
                .map(|(n, (female, male, restricted))| group(&format!("G{n}"), *female, *male, class(*restricted))).collect();
            let found = hidden(&groups.iter().collect::<Vec<_>>());
            for column in 0..3 {
                let of = |group: &Attendance| [group.total, group.female, group.male][column].unwrap_or(0);
                let inside = groups.iter().filter(|group| found.groups.contains(&group.id));
                let left: u32 = inside.map(|group| of(group)).sum();
                for group in groups.iter().filter(|group| group.class == Class::Restricted) {
                    let small = of(group) > 0 && of(group) < 10;
                    prop_assert!(!small || found.groups.contains(&group.id));
                    prop_assert!(!small || found.head || left >= 10, "{left} are left");
                }
            }
        }
    }
}
