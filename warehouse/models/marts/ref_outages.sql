-- ref_outages: weeks in which a source was silent, or so unlike itself that the mix changed.
--
-- A source is measured by its voices (news by its posts: its voices are outlets) and held to
-- itself: its median over the weeks in which it had any. It counts here from three such weeks
-- on, when it makes 10 or more in such a week and was silent in fewer weeks than not. Of those:
--
-- 'outage'       it was silent after a week in which it had some, and usually makes a twentieth
--                or more of all voices; silent is a tenth of its usual voices, or fewer
-- 'changed mix'  its part of all voices is a quarter or more away from its usual part (0.25),
--                and more than three times as far as such parts usually lie apart, and it had
--                twice its usual voices or half of them; or it had none yet and usually makes
--                a quarter or more
--
-- A week in which another source was silent is not a changed mix besides.
--
-- A week with a row is no week to compare with. Each source named here has 10 voices or more,
-- or is news, so it may be named by the rule of pub_release.
--
-- Grain: source, week
-- Columns:
--   source  where the posts came from
--   week    MMWR week
--   reason  'outage' or 'changed mix'

with

sized as (

    select
        source,
        week,
        week_start,
        case when source = 'news' then post_n else voice_n end as size_n
    from mart_source_week

),

usual as (

    select
        source,
        median(size_n) filter (where size_n > 0) as usual_n,
        count(*) filter (where size_n > 0) as present_n,
        min(week_start) filter (where size_n > 0) as first_start
    from sized
    group by source
    having
        count(*) filter (where size_n > 0) >= 3
        and median(size_n) filter (where size_n > 0) >= 10

),

parts as (

    select
        source,
        week,
        week_start,
        size_n,
        size_n / nullif(sum(size_n) over (partition by week), 0) as part
    from sized

),

known as (

    select
        parts.source,
        parts.week,
        parts.week_start,
        parts.size_n,
        parts.part,
        usual.usual_n,
        usual.first_start,
        usual.present_n,
        median(parts.part) filter (where parts.size_n > 0) over of_source as usual_part,
        count(*) filter (
            where parts.week_start >= usual.first_start and 10 * parts.size_n <= usual.usual_n
        ) over of_source as silent_n
    from parts
    inner join usual on parts.source = usual.source
    window of_source as (partition by parts.source)

),

spread as (

    select
        source,
        median(abs(part - usual_part)) filter (where size_n > 0) * 1.4826 as spread_part
    from known
    group by source

),

judged as (

    select
        known.source,
        known.week,
        case
            when
                10 * known.size_n <= known.usual_n
                and known.week_start > known.first_start
                and known.usual_part >= 0.05
                then 'outage'
            when
                known.size_n = 0
                and known.week_start < known.first_start
                and known.usual_part >= 0.25
                then 'changed mix'
            when
                known.size_n > 0
                and abs(known.part - known.usual_part) >= 0.25
                and abs(known.part - known.usual_part) > 3 * spread.spread_part
                and (
                    known.size_n >= 2 * known.usual_n
                    or 2 * known.size_n <= known.usual_n
                )
                then 'changed mix'
        end as reason
    from known
    inner join spread on known.source = spread.source
    where known.silent_n < known.present_n

),

-- where one source was silent, the parts of all others differ
silenced as (

    select distinct week
    from judged
    where reason = 'outage'

)

select
    judged.source,
    judged.week,
    judged.reason
from judged
left join silenced on judged.week = silenced.week
where judged.reason = 'outage' or (judged.reason = 'changed mix' and silenced.week is null)
